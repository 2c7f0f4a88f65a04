//! What is asked before sensitive information is taken (B1): one page and one record for each purpose. The wording is a
//! template with a version in its name; a consent counts only for the very wording that is shown now.

use askama::Template;

use crate::base::db::Conn;
use crate::base::types::text_enum;
use crate::features::accounts::Customer;
use crate::features::identity::cases::IdentityMethod;
use crate::features::identity::fault::Fault;
use crate::services::consent::{self, ConsentEvent, Purpose};

text_enum! {
    /// One question.
    pub enum Question {
        /// Name, number and picture of a document or licence.
        Document = "document",
        /// A photo of the face.
        Face = "face",
        /// Handing them to a verification provider.
        Provider = "provider",
    }
}

#[derive(Template)]
#[template(path = "identity/consents/document_1.html")]
struct DocumentWords<'a> {
    appeal: u16,
    provider: &'a str,
}

#[derive(Template)]
#[template(path = "identity/consents/face_1.html")]
struct FaceWords<'a> {
    appeal: u16,
    provider: &'a str,
}

#[derive(Template)]
#[template(path = "identity/consents/contact_1.html")]
struct ContactWords<'a> {
    appeal: u16,
    provider: &'a str,
}

#[derive(Template)]
#[template(path = "identity/consents/provider_2.html")]
struct ProviderWords<'a> {
    provider: &'a str,
}

/// What the wording of a question depends on: settings.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Days for which numbers and pictures outlive a decision.
    pub appeal: u16,
    /// The host of the verification provider, when there is one.
    pub provider: Option<String>,
}

/// What a company's contact is asked by mail, who may have no account: their consent stands with the case.
pub fn contact_words(terms: &Terms) -> askama::Result<String> {
    ContactWords { appeal: terms.appeal, provider: terms.provider.as_deref().unwrap_or_default() }.render()
}

/// Whether there is a provider to which this person agreed to hand what is asked, in the wording of now.
pub fn provider_agreed(conn: &mut Conn, person_id: i64, terms: &Terms) -> Result<bool, Fault> {
    if terms.provider.is_none() {
        return Ok(false);
    }
    let words = Question::Provider.words(terms)?;
    Ok(consent::stands(conn, person_id, Question::Provider.purpose(), &words)?)
}

impl Question {
    /// For what the consent is.
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Document => Purpose::IdentityDocument,
            Self::Face => Purpose::IdentityFace,
            Self::Provider => Purpose::IdentityProvider,
        }
    }

    /// The wording, as it is shown and as its hash is kept.
    pub fn words(self, terms: &Terms) -> askama::Result<String> {
        let (appeal, provider) = (terms.appeal, terms.provider.as_deref().unwrap_or_default());
        match self {
            Self::Document => DocumentWords { appeal, provider }.render(),
            Self::Face => FaceWords { appeal, provider }.render(),
            Self::Provider => ProviderWords { provider }.render(),
        }
    }

    /// What a way of authentication asks, in order.
    pub fn of(method: IdentityMethod, terms: &Terms) -> Vec<Self> {
        let mut all = vec![Self::Document];
        if method == IdentityMethod::Face {
            all.push(Self::Face);
        }
        if terms.provider.is_some() {
            all.push(Self::Provider);
        }
        all
    }

    /// Whether the way goes on without this consent.
    pub fn may_be_refused(self) -> bool {
        self == Self::Provider
    }

    /// The first question of this way to which the person has not agreed, or that is not answered at all where refusing
    /// does as well.
    pub fn unanswered(
        conn: &mut Conn,
        customer: &Customer,
        method: IdentityMethod,
        terms: &Terms,
    ) -> Result<Option<Self>, crate::web::Error> {
        for question in Self::of(method, terms) {
            let words = question.words(terms)?;
            match consent::said_to(conn, customer.person_id(), question.purpose(), &words)? {
                Some(ConsentEvent::Given) => {}
                Some(ConsentEvent::Refused) if question.may_be_refused() => {}
                _ => return Ok(Some(question)),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms { appeal: 0, provider: Some("verify.example".into()) }
    }

    /// PIPL art. 17, 28 to 30: purpose, necessity, effect of refusing, term, recipients.
    #[test]
    fn every_wording_says_what_the_law_asks() {
        let questions = Question::ALL.iter().map(|question| question.words(&terms()));
        for words in questions.chain([contact_words(&terms())]).map(Result::unwrap) {
            for head in ["What we ask for", "What for", "Why it is needed", "If you refuse", "How long", "Who gets it"]
            {
                assert!(words.contains(head), "{head}: {words}");
            }
        }
        assert!(Question::Provider.words(&terms()).unwrap().contains("verify.example"));
    }

    #[test]
    fn the_term_in_the_wording_is_the_one_that_is_set() {
        let other = Terms { appeal: 15, ..terms() };
        for question in [Question::Document, Question::Face] {
            assert_ne!(question.words(&terms()).unwrap(), question.words(&other).unwrap());
        }
        assert_ne!(contact_words(&terms()).unwrap(), contact_words(&other).unwrap());
    }

    #[test]
    fn the_face_is_a_question_of_its_own_and_never_of_another_way() {
        let none = Terms { appeal: 0, provider: None };
        assert_eq!(Question::of(IdentityMethod::Document, &none), [Question::Document]);
        assert_eq!(Question::of(IdentityMethod::Face, &none), [Question::Document, Question::Face]);
        assert_eq!(Question::of(IdentityMethod::Licence, &terms()), [Question::Document, Question::Provider]);
    }
}
