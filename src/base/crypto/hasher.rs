//! Argon2id on threads of its own: one a core, a bounded queue, and an honest "full" when it is full (PW7, PW8).

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::Keys;
use super::password::Secret;

/// OWASP's floor for one lane: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Too many passwords are being hashed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being hashed")]
pub struct Full;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right; with the hash to store instead, when parameters or keys have moved on.
    Right {
        /// The new hash.
        rehash: Option<String>,
    },
    /// It is wrong, or there was nothing to compare with.
    Wrong,
}

type Job = Box<dyn FnOnce(&Works) + Send>;

/// The hashing threads. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(SyncSender<Job>);

struct Works {
    argon: Argon2<'static>,
    peppers: Vec<(u32, Zeroizing<[u8; 32]>)>,
    /// Compared with when there is no hash, so that an unknown address costs the same (EN1).
    dummy: String,
}

impl Hasher {
    /// Starts `threads` threads; more than `queue` waiting passwords are refused.
    pub fn start(threads: usize, queue: usize, keys: &Keys) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
        let mut works = Works {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            peppers: keys.peppers(),
            dummy: String::new(),
        };
        works.dummy = DUMMY.to_string();
        let works = Arc::new(works);
        for at in 0..threads.max(1) {
            let (receiver, works) = (Arc::clone(&receiver), Arc::clone(&works));
            std::thread::Builder::new().name(format!("hasher-{at}")).spawn(move || serve(&receiver, &works))?;
        }
        Ok(Self(sender))
    }

    /// Hashes a new password: PHC string with the pepper's generation in front.
    pub async fn hash(&self, password: Secret) -> Result<String, Full> {
        self.run(move |works| works.hash(&password)).await
    }

    /// Compares; `None` is compared with a dummy of the same cost and is always wrong.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<Verdict, Full> {
        self.run(move |works| works.verify(&password, stored.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Works) -> T + Send + 'static) -> Result<T, Full> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |works| {
            // A caller who has gone needs no work.
            if !tell.is_closed() {
                let _ = tell.send(work(works));
            }
        });
        self.0.try_send(job).map_err(|fault| match fault {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Full,
        })?;
        told.await.map_err(|_| Full)
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

/// A hash with the present parameters of something nobody types.
const DUMMY: &str = "k0$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn serve(receiver: &Mutex<Receiver<Job>>, works: &Works) {
    loop {
        let job = match receiver.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return,
        };
        let Ok(job) = job else { return };
        job(works);
    }
}

impl Works {
    fn hash(&self, password: &Secret) -> String {
        let Some((generation, pepper)) = self.peppers.first() else { return String::new() };
        let hashed = self.argon.hash_password(peppered(pepper, password).as_bytes());
        hashed.map(|phc| format!("k{generation}{phc}")).unwrap_or_default()
    }

    fn verify(&self, password: &Secret, stored: Option<&str>) -> Verdict {
        let known = stored.filter(|stored| !stored.is_empty());
        let (generation, phc) = split(known.unwrap_or(&self.dummy));
        let pepper = self.peppers.iter().find(|(number, _)| *number == generation).or_else(|| self.peppers.first());
        let (Some((_, pepper)), Ok(parsed)) = (pepper, PasswordHash::new(phc)) else { return Verdict::Wrong };
        let right = self.argon.verify_password(peppered(pepper, password).as_bytes(), &parsed).is_ok();
        if !right || known.is_none() {
            return Verdict::Wrong;
        }
        let newest = self.peppers.first().is_some_and(|(number, _)| *number == generation);
        let current = phc.contains(&format!("m={MEMORY_KIB},t={PASSES},p=1$"));
        Verdict::Right { rehash: (!newest || !current).then(|| self.hash(password)) }
    }
}

fn split(stored: &str) -> (u32, &str) {
    let at = stored.find('$').unwrap_or(0);
    (stored[..at].trim_start_matches('k').parse().unwrap_or(0), &stored[at..])
}

fn peppered(pepper: &[u8; 32], password: &Secret) -> Zeroizing<String> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(pepper) else { return Zeroizing::default() };
    mac.update(password.normal().as_bytes());
    Zeroizing::new(BASE64_NOPAD.encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    #[tokio::test]
    async fn the_right_one_and_only_the_right_one() {
        let hasher = Hasher::start(1, 10, &Keys::fixed(1)).unwrap();
        let stored = hasher.hash(secret("correct horse")).await.unwrap();
        assert!(stored.starts_with("k1$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let verify = |text: &str, stored: Option<String>| hasher.verify(secret(text), stored);
        assert_eq!(verify("correct horse", Some(stored.clone())).await, Ok(Verdict::Right { rehash: None }));
        assert_eq!(verify("correct horsf", Some(stored.clone())).await, Ok(Verdict::Wrong));
        assert_eq!(verify("correct horse", None).await, Ok(Verdict::Wrong));
        assert_eq!(verify("", Some(String::new())).await, Ok(Verdict::Wrong));
        let other = Hasher::start(1, 10, &Keys::fixed(2)).unwrap();
        assert_eq!(other.verify(secret("correct horse"), Some(stored)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn the_dummy_is_really_computed() {
        let hasher = Hasher::start(1, 10, &Keys::fixed(1)).unwrap();
        assert!(PasswordHash::new(split(DUMMY).1).is_ok());
        assert_eq!(hasher.verify(secret("x"), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn composed_and_decomposed_typing_agree() {
        let hasher = Hasher::start(1, 10, &Keys::fixed(1)).unwrap();
        let stored = hasher.hash(secret("caf\u{e9} au lait")).await.unwrap();
        let verdict = hasher.verify(secret("cafe\u{301} au lait"), Some(stored)).await;
        assert_eq!(verdict, Ok(Verdict::Right { rehash: None }));
    }

    #[tokio::test]
    async fn older_parameters_are_hashed_anew() {
        let hasher = Hasher::start(1, 10, &Keys::fixed(1)).unwrap();
        let keys = Keys::fixed(1);
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let phc = weak.hash_password(peppered(&keys.peppers()[0].1, &secret("p")).as_bytes()).unwrap();
        let verdict = hasher.verify(secret("p"), Some(format!("k1{phc}"))).await.unwrap();
        assert!(matches!(verdict, Verdict::Right { rehash: Some(new) } if new.contains("m=19456,t=2,p=1")));
    }

    #[tokio::test]
    async fn a_full_queue_says_so() {
        let hasher = Hasher::start(1, 1, &Keys::fixed(1)).unwrap();
        let many = futures_util::future::join_all((0..20).map(|_| hasher.hash(secret("many")))).await;
        assert!(many.contains(&Err(Full)));
        assert!(many.iter().any(Result::is_ok));
    }
}
