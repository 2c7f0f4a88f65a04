//! Policy versions and consent records (F1, F2): who agreed to which text, when and from where. Events are appended,
//! never changed.

mod personal;
mod queries;

pub use personal::PERSONAL;
pub use queries::{
    ConsentEvent, ConsentRow, PolicyVersion, current_policy, keep, latest, of_person, policies, policy, publish,
    said_to, stands,
};

crate::base::types::text_enum! {
    /// What a consent is for. One record for each purpose, never one for many (PIPL art. 14, 29).
    pub enum Purpose {
        /// The privacy policy agreement, without which there is no account.
        Agreement = "agreement",
        /// Business notices: launches and service changes (F13).
        BusinessNotices = "business_notices",
        /// Business notices of one kind: new products and prices.
        NewProducts = "new_products",
        /// Business notices of one kind: changes of services that do not concern what one has bought.
        ServiceChanges = "service_changes",
        /// Recording behaviour by cookie (3.3.2).
        Behaviour = "behaviour",
        /// Recommending products from behaviour (3.3.2).
        Recommendations = "recommendations",
        /// Legal name, number and picture of an identity document or licence (2.1.2).
        IdentityDocument = "identity_document",
        /// A photo of the face (2.1.2).
        IdentityFace = "identity_face",
        /// Handing what proves a real name to a verification provider.
        IdentityProvider = "identity_provider",
    }
}

crate::base::types::text_enum! {
    /// How a consent was expressed.
    pub enum Method {
        /// An unticked box or a button in a form.
        WebForm = "web_form",
        /// A page reached by a mailed link.
        MailedLink = "mailed_link",
        /// Recorded by staff.
        Staff = "staff",
    }
}
