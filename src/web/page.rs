//! Pages: the shell that surrounds each, and the answers that carry them.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentType, RETRY_AFTER};
use askama::Template;

use super::error::Error;
use crate::base::types::text_enum;

text_enum! {
    /// What a page says once about what was just done. Words in `templates/components/flash.html`.
    pub enum Flash {
        /// The account stands.
        Registered = "registered",
        /// Signed in.
        SignedIn = "signed_in",
        /// Signed out.
        SignedOut = "signed_out",
        /// A code is on its way.
        CodeSent = "code_sent",
        /// A code was to be typed in a browser that asked for none, or too late.
        CodeElsewhere = "code_elsewhere",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// The forgotten password was set anew.
        PasswordReset = "password_reset",
        /// What was sent came after the session had ended.
        LostSession = "lost_session",
        /// The same, and what was typed is kept.
        LostSessionKept = "lost_session_kept",
        /// The person proved who they are.
        SteppedUp = "stepped_up",
        /// A kept post is gone.
        KeptDiscarded = "kept_discarded",
        /// One device was signed out.
        SessionEnded = "session_ended",
        /// All other devices were signed out.
        SessionsEnded = "sessions_ended",
        /// Every device was signed out, this one too.
        SignedOutEverywhere = "signed_out_everywhere",
        /// Every device was signed out, and a code for a new password is on its way.
        Disowned = "disowned",
        /// The phone is bound.
        PhoneBound = "phone_bound",
        /// Another phone is bound.
        PhoneReplaced = "phone_replaced",
        /// No phone is bound any more.
        PhoneRemoved = "phone_removed",
        /// The number serves as many people as one may.
        PhoneUsedUp = "phone_used_up",
        /// Another address stands.
        AddressReplaced = "address_replaced",
        /// The old means is proved, the new one is asked.
        ContactProved = "contact_proved",
        /// The change waits for its day.
        ContactWaiting = "contact_waiting",
        /// The change was taken back.
        ContactCancelled = "contact_cancelled",
        /// A change was undone, and a code for a new password is on its way.
        ContactUndone = "contact_undone",
        /// The owner locked the account.
        AccountLocked = "account_locked",
        /// The owner unlocked it.
        AccountUnlocked = "account_unlocked",
        /// The second factor is on.
        TotpOn = "totp_on",
        /// The second factor is off.
        TotpOff = "totp_off",
        /// The secret of the app is no longer waited for.
        TotpNotBegun = "totp_not_begun",
        /// New recovery codes are there.
        RecoveryCodesMade = "recovery_codes_made",
        /// A browser is no longer trusted.
        BrowserDistrusted = "browser_distrusted",
        /// The cookie choice was kept.
        CookiesSaved = "cookies_saved",
        /// The top-up was opened.
        TopUpOpened = "top_up_opened",
        /// The transfer was declared.
        RemittanceDeclared = "remittance_declared",
        /// The top-up was taken back.
        RemittanceWithdrawn = "remittance_withdrawn",
        /// Money that was sent without its reference was claimed.
        RemittanceClaimed = "remittance_claimed",
        /// The payment request was issued.
        PaymentRequestIssued = "payment_request_issued",
        /// The permanent reference was made.
        ReferenceMade = "reference_made",
        /// A payer was approved.
        PayerAdded = "payer_added",
        /// An approved payer was removed.
        PayerRemoved = "payer_removed",
        /// The file of the bank is well.
        StatementChecked = "statement_checked",
        /// The columns of the bank's file have to be named.
        StatementColumns = "statement_columns",
        /// The file is being imported.
        StatementImporting = "statement_importing",
        /// The file was dropped.
        StatementDropped = "statement_dropped",
        /// The statement entry was recorded.
        EntryRecorded = "entry_recorded",
        /// The statement entry counts no more.
        EntryVoided = "entry_voided",
        /// What was decided about the statement entry was done.
        EntryDecided = "entry_decided",
        /// A second person has to agree.
        EntryProposed = "entry_proposed",
        /// A decision was refused or taken back.
        EntryRefused = "entry_refused",
        /// A case was reported.
        AmlReported = "aml_reported",
        /// Nothing is wrong with money of a case.
        AmlCleared = "aml_cleared",
        /// A rule was changed.
        AmlRuleChanged = "aml_rule_changed",
        /// A change of one waits for a second person.
        AmlRuleProposed = "aml_rule_proposed",
        /// It was refused or taken back.
        AmlRuleRefused = "aml_rule_refused",
        /// What has arrived of the top-up is in the balance.
        RemittanceSettled = "remittance_settled",
        /// The remittance was credited.
        RemittanceConfirmed = "remittance_confirmed",
        /// The declaration was refused.
        RemittanceRefused = "remittance_refused",
        /// The receiving account waits for a second person.
        ReceivingProposed = "receiving_proposed",
        /// The receiving account is shown to customers.
        ReceivingOpened = "receiving_opened",
        /// The proposal of a receiving account is dropped.
        ReceivingDropped = "receiving_dropped",
        /// A second person is asked to close the receiving account.
        ReceivingClosing = "receiving_closing",
        /// The receiving account stays open.
        ReceivingKept = "receiving_kept",
        /// The receiving account is closed.
        ReceivingClosed = "receiving_closed",
        /// The work order was opened.
        TicketSent = "ticket_sent",
        /// The reply was sent.
        ReplySent = "reply_sent",
        /// The work order was closed.
        TicketClosed = "ticket_closed",
        /// The work order was opened again.
        TicketReopened = "ticket_reopened",
        /// The work order has an owner.
        TicketAssigned = "ticket_assigned",
        /// The note was kept.
        NoteKept = "note_kept",
        /// The work order was resolved.
        TicketResolved = "ticket_resolved",
        /// Somebody was asked into the account.
        Invited = "invited",
        /// The invitation was sent once more.
        InvitedAgain = "invited_again",
        /// The invitation was taken back.
        InvitationWithdrawn = "invitation_withdrawn",
        /// The invitation was accepted.
        JoinedAccount = "joined_account",
        /// The invited address signs in already.
        SignInToJoin = "sign_in_to_join",
        /// A member's role was changed.
        MemberRoleChanged = "member_role_changed",
        /// A member was removed.
        MemberRemoved = "member_removed",
        /// The person is a member no more.
        LeftAccount = "left_account",
        /// The person works in another account from now on.
        AccountChosen = "account_chosen",
        /// The real-name case waits for a reviewer.
        IdentitySubmitted = "identity_submitted",
        /// The company's contact is asked to agree.
        IdentityContactAsked = "identity_contact_asked",
        /// The real-name case was taken back.
        IdentityCaseWithdrawn = "identity_case_withdrawn",
        /// The consent to what the case needs was refused.
        IdentityRefused = "identity_refused",
        /// The consent to asking a verification provider was refused.
        IdentityProviderRefused = "identity_provider_refused",
        /// The real-name authentication was withdrawn.
        IdentityWithdrawn = "identity_withdrawn",
        /// No case waits for a reviewer.
        NoIdentityCase = "no_identity_case",
        /// The case is back in the queue.
        IdentityReleased = "identity_released",
        /// The loss of a second factor was handed in.
        RecoveryAsked = "recovery_asked",
        /// A recovery was stopped by the link of a notice.
        RecoveryStopped = "recovery_stopped",
        /// The first reviewer confirmed a recovery.
        RecoveryConfirmed = "recovery_confirmed",
        /// The second one did.
        RecoveryWaits = "recovery_waits",
        /// A recovery was rejected.
        RecoveryRejected = "recovery_rejected",
        /// The customer was asked for more.
        IdentityReturned = "identity_returned",
        /// A second reviewer has to approve.
        IdentitySeconded = "identity_seconded",
        /// The real name is authenticated.
        IdentityApproved = "identity_approved",
        /// The case was rejected.
        IdentityRejected = "identity_rejected",
        /// A small amount to send is shown.
        IdentityProofAsked = "identity_proof_asked",
        /// The remittance is recorded as a further proof.
        IdentityProofRecorded = "identity_proof_recorded",
        /// A member of staff was added.
        StaffAdded = "staff_added",
        /// What was asked for waits for a second admin.
        RolesProposed = "roles_proposed",
        /// That an authenticator is taken away waits for a second admin.
        TotpRemovalProposed = "totp_removal_proposed",
        /// The customer's sign-in is locked.
        CustomerLocked = "customer_locked",
        /// The customer's sign-in is unlocked.
        CustomerUnlocked = "customer_unlocked",
        /// Some of what was asked for holds, the rest waits for a second admin.
        RolesPartlyChanged = "roles_partly_changed",
        /// The proposal was approved.
        ProposalApproved = "proposal_approved",
        /// The proposal was rejected.
        ProposalRejected = "proposal_rejected",
        /// The proposal was taken back.
        ProposalWithdrawn = "proposal_withdrawn",
        /// Roles were changed.
        RolesChanged = "roles_changed",
        /// A member of staff was removed.
        StaffEnded = "staff_ended",
        /// A new activation link was mailed.
        StaffLinkSent = "staff_link_sent",
        /// All sessions of a member of staff were ended.
        StaffSessionsEnded = "staff_sessions_ended",
        /// The staff sign-in is set up.
        Activated = "activated",
        /// Choices were kept.
        PreferencesSaved = "preferences_saved",
        /// The profile was kept.
        ProfileSaved = "profile_saved",
    }
}

impl Flash {
    /// How it is drawn: what was done is good, what only informs is a note, what did not happen asks for a second look.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::LostSession | Self::LostSessionKept | Self::PhoneUsedUp => "wait",
            Self::CodeElsewhere
            | Self::ContactProved
            | Self::ContactWaiting
            | Self::TotpNotBegun
            | Self::SignInToJoin
            | Self::IdentityRefused
            | Self::IdentityProviderRefused
            | Self::IdentityContactAsked
            | Self::NoIdentityCase
            | Self::IdentityReleased
            | Self::IdentitySeconded
            | Self::ReceivingProposed
            | Self::ReceivingClosing
            | Self::RolesProposed
            | Self::TotpRemovalProposed
            | Self::RolesPartlyChanged => "note",
            _ => "good",
        }
    }
}

/// Who is signed in, as the shell shows it.
#[derive(Debug, Clone)]
pub struct Face {
    /// The person; the tokens of forms are sealed for them.
    pub person_id: i64,
    /// Name or address.
    pub name: String,
    /// The current account, as it is called.
    pub account: Option<String>,
    /// The current account's public number; forms are bound to it.
    pub account_number: String,
    /// Whether this is staff.
    pub staff: bool,
    /// Roles, as words.
    pub roles: Vec<&'static str>,
}

/// One entry of the side navigation; its word stands in `templates/components/menu.html`.
#[derive(Debug, Clone)]
pub struct Place {
    /// The key of its word.
    pub key: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Whether the page is in it.
    pub here: bool,
}

/// What surrounds a page; the first field of every page struct.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The path of the request.
    pub path: String,
    /// Who is signed in.
    pub face: Option<Face>,
    /// The side navigation.
    pub places: Vec<Place>,
    /// What is said once.
    pub flash: Option<Flash>,
    /// The token of forms; empty on pages of visitors that hold none.
    pub token: String,
    /// Whether no cookie choice was made yet.
    pub cookie_notice: bool,
    /// Names the request.
    pub request_id: String,
    /// The style sheet's address.
    pub style: &'static str,
    /// The icon sprite's address.
    pub icons: &'static str,
    /// The portal's address without a slash at the end, for canonical links.
    pub base_url: std::sync::Arc<str>,
    /// The zone in which days and times are shown.
    pub zone: jiff::tz::TimeZone,
    /// The currency of the installation, ISO 4217.
    pub currency: std::sync::Arc<str>,
}

impl Shell {
    /// Whether somebody is signed in.
    pub fn signed_in(&self) -> bool {
        self.face.is_some()
    }

    /// The person who is signed in.
    pub fn person_id(&self) -> Option<i64> {
        self.face.as_ref().map(|face| face.person_id)
    }

    /// Whether that is staff.
    pub fn is_staff(&self) -> bool {
        self.face.as_ref().is_some_and(|face| face.staff)
    }

    /// Whether the one signed in has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.face.as_ref().is_some_and(|face| face.roles.contains(&role))
    }

    /// A moment in the configured zone: "23 Nov 2026, 16:02".
    pub fn local(&self, moment: &crate::base::types::Moment) -> String {
        moment.local(&self.zone)
    }
}

/// A page with status 200.
pub fn page(template: impl Template) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::Ok().content_type(ContentType::html()).body(template.render()?))
}

/// A form drawn again, with what was typed: status 422, or 429 when it only came too often and is to wait so many seconds.
pub fn again_in(template: impl Template, wait: Option<u64>) -> Result<HttpResponse, Error> {
    let Some(seconds) = wait else { return again(template) };
    let mut response = HttpResponse::TooManyRequests();
    response.content_type(ContentType::html()).insert_header((RETRY_AFTER, seconds));
    Ok(response.body(template.render()?))
}

/// A form drawn again: status 422, with what was typed.
pub fn again(template: impl Template) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::UnprocessableEntity().content_type(ContentType::html()).body(template.render()?))
}
