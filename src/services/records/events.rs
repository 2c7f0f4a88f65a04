//! The kinds of operation record. Their words stand in `templates/components/events.html`.

crate::base::types::text_enum! {
    /// What happened.
    pub enum Event {
        /// An account was opened by registration.
        Registered = "registered",
        /// A consent was given.
        ConsentGiven = "consent_given",
        /// A consent was refused.
        ConsentRefused = "consent_refused",
        /// A consent was withdrawn.
        ConsentWithdrawn = "consent_withdrawn",
        /// A sign-in was finished.
        SignedIn = "signed_in",
        /// A password or code was wrong.
        SignInFailed = "sign_in_failed",
        /// A sign-in came from a browser that was not known.
        NewDevice = "new_device",
        /// The person signed out.
        SignedOut = "signed_out",
        /// One session was ended from the list.
        SessionEnded = "session_ended",
        /// All other sessions were ended.
        SessionsEnded = "sessions_ended",
        /// The password was changed by its owner.
        PasswordChanged = "password_changed",
        /// A forgotten password was set anew by a mailed code.
        PasswordReset = "password_reset",
        /// The owner of a sign-in said that it was somebody else's: every session ended.
        Disowned = "disowned",
        /// Somebody signed in proved again who they are.
        SteppedUp = "stepped_up",
        /// A password was right and the second step was not finished.
        SignInUnfinished = "sign_in_unfinished",
        /// A phone was bound.
        PhoneBound = "phone_bound",
        /// Another phone took the place of the bound one.
        PhoneReplaced = "phone_replaced",
        /// The phone was removed.
        PhoneRemoved = "phone_removed",
        /// Another address took the place of the person's.
        AddressReplaced = "address_replaced",
        /// A change of phone or address that nobody could prove began to wait.
        ContactChangeBegun = "contact_change_begun",
        /// It was taken back before its day.
        ContactChangeCancelled = "contact_change_cancelled",
        /// A change of phone or address was undone.
        ContactChangeUndone = "contact_change_undone",
        /// The second factor was switched on.
        TotpOn = "totp_on",
        /// The second factor was switched off.
        TotpOff = "totp_off",
        /// Somebody who gave the first factor says that the second one is lost (RC3).
        RecoveryAsked = "recovery_asked",
        /// A reviewer confirmed who it is; the second one lets the wait begin.
        RecoveryConfirmed = "recovery_confirmed",
        /// A reviewer rejected it.
        RecoveryRejected = "recovery_rejected",
        /// It was stopped, the factor turned up again, the sign-in was locked, or the name was withdrawn.
        RecoveryCancelled = "recovery_cancelled",
        /// Nobody decided it in time.
        RecoveryExpired = "recovery_expired",
        /// The wait is over: the second factor was taken away.
        RecoveryDone = "recovery_done",
        /// Recovery codes were made in place of the old ones.
        RecoveryCodesMade = "recovery_codes_made",
        /// A recovery code stood for the second factor.
        RecoveryCodeUsed = "recovery_code_used",
        /// The recovery codes were taken back.
        RecoveryCodesVoided = "recovery_codes_voided",
        /// The trust in a browser was taken back.
        BrowserDistrusted = "browser_distrusted",
        /// The name of a person or account was changed.
        ProfileChanged = "profile_changed",
        /// An owner asked somebody into the account.
        MemberInvited = "member_invited",
        /// The invitation was sent once more, with a new link.
        InvitationSent = "invitation_sent",
        /// The invitation was taken back.
        InvitationWithdrawn = "invitation_withdrawn",
        /// Nobody accepted the invitation in time.
        InvitationExpired = "invitation_expired",
        /// The invitation was accepted.
        MemberJoined = "member_joined",
        /// A member's role changed.
        MemberRoleChanged = "member_role_changed",
        /// An owner removed a member.
        MemberRemoved = "member_removed",
        /// A member left the account.
        MemberLeft = "member_left",
        /// A member of staff was added.
        StaffAdded = "staff_added",
        /// An admin proposed to give roles that two admins give.
        RolesProposed = "roles_proposed",
        /// An admin proposed to take somebody's authenticator away.
        TotpRemovalProposed = "totp_removal_proposed",
        /// A second admin approved such a proposal.
        ProposalApproved = "proposal_approved",
        /// A second admin rejected it.
        ProposalRejected = "proposal_rejected",
        /// Its proposer took it back.
        ProposalWithdrawn = "proposal_withdrawn",
        /// Nobody decided it in time.
        ProposalExpired = "proposal_expired",
        /// A member of staff opened the activation link and set password and TOTP.
        StaffActivated = "staff_activated",
        /// Roles of a member of staff changed.
        RolesChanged = "roles_changed",
        /// A person was locked out until unlocked.
        PersonLocked = "person_locked",
        /// A locked person was let in again.
        PersonUnlocked = "person_unlocked",
        /// A person's access ended for good.
        PersonEnded = "person_ended",
        /// A member of staff was sent a new activation link.
        StaffLinkSent = "staff_link_sent",
        /// A member of staff opened something of a customer's.
        Looked = "looked",
        /// A member of staff opened a list of customers' things.
        Listed = "listed",
        /// A top-up was opened and got its reference.
        RemittanceOpened = "remittance_opened",
        /// The customer declared the transfer.
        RemittanceDeclared = "remittance_declared",
        /// The customer took the top-up back.
        RemittanceWithdrawn = "remittance_withdrawn",
        /// Finance confirmed an entry against the declaration; the wallet was credited.
        RemittanceCredited = "remittance_credited",
        /// Finance refused a declaration.
        RemittanceRefused = "remittance_refused",
        /// The receiving account of a remittance was closed; its customer was told.
        RemittanceAccountClosed = "remittance_account_closed",
        /// A part of the amount arrived and is reserved.
        RemittancePartReceived = "remittance_part_received",
        /// Received money that no open top-up took went to the balance.
        BalanceCredited = "balance_credited",
        /// The payment request of a top-up was issued.
        PaymentRequestIssued = "payment_request_issued",
        /// The account got its permanent reference.
        PermanentReferenceMade = "permanent_reference_made",
        /// An owner approved somebody who pays in for the account.
        PayerAdded = "payer_added",
        /// An owner removed such a payer.
        PayerRemoved = "payer_removed",
        /// A file of the bank was checked.
        StatementChecked = "statement_checked",
        /// A file of the bank came whose columns nobody has named yet.
        StatementUnread = "statement_unread",
        /// Somebody said what the columns of a bank's files are.
        StatementMapped = "statement_mapped",
        /// Its import was begun.
        StatementAgreed = "statement_agreed",
        /// All its entries are there.
        StatementImported = "statement_imported",
        /// It could not be read to its end.
        StatementFailed = "statement_failed",
        /// It was not imported.
        StatementDropped = "statement_dropped",
        /// Finance typed in a line of the bank's statement.
        EntryRecorded = "entry_recorded",
        /// The bank's file brought what was typed in.
        EntryMet = "entry_met",
        /// A second person credited that line to a remittance.
        EntryCredited = "entry_credited",
        /// A second person has to agree to what was decided about a line of the statement.
        EntryDecisionProposed = "entry_decision_proposed",
        /// It was decided and done.
        EntryDecided = "entry_decided",
        /// It was refused or taken back.
        EntryDecisionRefused = "entry_decision_refused",
        /// A file tells otherwise of an entry than the one that brought it.
        EntryContradicted = "entry_contradicted",
        /// Money that named a remittance, or came by a permanent reference, waits for a person.
        EntryHeld = "entry_held",
        /// Money that named a remittance goes back to who sent it.
        EntrySentBack = "entry_sent_back",
        /// The credit of a remittance was undone, wholly or in part.
        RemittanceUndone = "remittance_undone",
        /// A credit to the balance was undone.
        BalanceUndone = "balance_undone",
        /// A rule against money laundering caught a transfer.
        AmlHeld = "aml_held",
        /// A person found nothing wrong with it.
        AmlCleared = "aml_cleared",
        /// The money goes back to who sent it.
        AmlReturned = "aml_returned",
        /// It was reported to the authority.
        AmlReported = "aml_reported",
        /// A rule was changed.
        AmlRuleChanged = "aml_rule_changed",
        /// One person wants a rule against money laundering to look for something else.
        AmlRuleProposed = "aml_rule_proposed",
        /// That was refused, or taken back.
        AmlRuleRefused = "aml_rule_refused",
        /// A line that was typed in wrongly was voided.
        EntryVoided = "entry_voided",
        /// One member of finance proposed a receiving account.
        ReceivingProposed = "receiving_proposed",
        /// A second one opened it.
        ReceivingOpened = "receiving_opened",
        /// One member of finance asked to close a receiving account.
        ReceivingClosing = "receiving_closing",
        /// A receiving account stays open: the proposal to close it was taken back or refused.
        ReceivingKept = "receiving_kept",
        /// A receiving account was closed.
        ReceivingClosed = "receiving_closed",
        /// A work order was opened.
        TicketOpened = "ticket_opened",
        /// A reply was written in a work order.
        TicketReplied = "ticket_replied",
        /// A note for staff was written in a work order.
        TicketNoted = "ticket_noted",
        /// A work order was assigned.
        TicketAssigned = "ticket_assigned",
        /// A work order was resolved by staff.
        TicketResolved = "ticket_resolved",
        /// A work order was opened again.
        TicketReopened = "ticket_reopened",
        /// A work order was closed by the customer.
        TicketClosed = "ticket_closed",
        /// A real-name case was begun.
        IdentityOpened = "identity_opened",
        /// The customer handed it in.
        IdentitySubmitted = "identity_submitted",
        /// The company's contact was asked to agree.
        IdentityContactAsked = "identity_contact_asked",
        /// The contact agreed.
        IdentityContactAgreed = "identity_contact_agreed",
        /// The contact refused.
        IdentityContactRefused = "identity_contact_refused",
        /// A reviewer took the case.
        IdentityTaken = "identity_taken",
        /// A reviewer gave it back to the queue.
        IdentityReleased = "identity_released",
        /// A reviewer asked the customer for more.
        IdentityReturned = "identity_returned",
        /// The first of two reviewers approved it.
        IdentitySeconded = "identity_seconded",
        /// The real name was authenticated.
        IdentityApproved = "identity_approved",
        /// It was not.
        IdentityRejected = "identity_rejected",
        /// The customer took the case back.
        IdentityCaseWithdrawn = "identity_case_withdrawn",
        /// Nobody went on with the case.
        IdentityAbandoned = "identity_abandoned",
        /// The customer withdrew the authentication itself.
        IdentityWithdrawn = "identity_withdrawn",
        /// The verification provider was asked about a case.
        IdentityProviderAsked = "identity_provider_asked",
        /// It did not decide: a reviewer does.
        IdentityProviderPassed = "identity_provider_passed",
        /// A company was shown a small amount to send.
        IdentityProofAsked = "identity_proof_asked",
        /// A reviewer recorded a remittance as a further proof.
        IdentityProofRecorded = "identity_proof_recorded",
        /// The demo company was made.
        DemoMade = "demo_made",
        /// The key ring got a new generation.
        KeysRotated = "keys_rotated",
    }
}

impl Event {
    /// What staff do among themselves about a customer's things; the customer's own list leaves it out.
    pub const INTERNAL: [Self; 3] = [Self::TicketNoted, Self::TicketAssigned, Self::IdentityReleased];
}
