//! Argon2id on threads of its own: one a core, a bounded queue, and an honest "full" when it is full (PW7, PW8).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{ParamsString, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use data_encoding::BASE64_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::Keys;
use super::password::{PasswordFault, Secret, judge};
use crate::base::chance;

/// OWASP's floor for one lane: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const SALT: usize = 16;
const SIZE: usize = 32;

/// Blocks of 1 KiB that are asked for at the least. glibc keeps smaller pieces for later when they are freed (with two
/// threads some 290 MiB were seen to stay), but gives back what is above 32 MiB; the part beyond the need is never
/// touched and takes no memory.
const ROOM: usize = 33 * 1024;
/// How long a thread without work keeps its memory.
const KEPT: Duration = Duration::from_secs(1);
/// A stored hash that asks for more blocks was not made here.
const MOST: usize = 1024 * 1024;

/// Lets every other thread run before this one (Linux: niceness is a thread's): a hash is 15 ms of work, and while every
/// core hashes a page would wait for as long at each statement that it sends.
fn stand_back() {
    let _ = rustix::process::setpriority_process(None, 10);
}

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

type Job = Box<dyn FnOnce(&mut Works) + Send>;

/// The hashing threads. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Sender<Job>);

/// What a thread works with.
struct Works {
    params: Params,
    peppers: Arc<[(u32, Zeroizing<[u8; 32]>)]>,
    memory: Vec<Block>,
    /// The costs (KiB, passes) of the hashes that were made.
    #[cfg(test)]
    made: Vec<(u32, u32)>,
}

impl Hasher {
    /// Starts `threads` threads; more than `queue` waiting passwords are refused.
    pub fn start(threads: usize, queue: usize, keys: &Keys) -> std::io::Result<Self> {
        let (sender, receiver) = bounded::<Job>(queue);
        let peppers: Arc<[_]> = keys.peppers().into();
        for at in 0..threads.max(1) {
            let (receiver, mut works) = (receiver.clone(), Works::new(Arc::clone(&peppers)));
            std::thread::Builder::new().name(format!("hasher-{at}")).spawn(move || {
                stand_back();
                while works.serve(&receiver) {}
            })?;
        }
        Ok(Self(sender))
    }

    /// Hashes a new password: PHC string with the pepper's generation in front.
    pub async fn hash(&self, password: Secret) -> Result<String, Full> {
        self.run(move |works| works.hash(&password)).await?.ok_or(Full)
    }

    /// Compares; `None` is compared with a dummy of the same cost and is always wrong.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<Verdict, Full> {
        self.run(move |works| works.verify(&password, stored.as_deref())).await
    }

    /// Judges a new password for the person with this address: whether it may be hashed.
    pub async fn judge(&self, password: Secret, address: String) -> Result<Result<(), PasswordFault>, Full> {
        self.run(move |_| judge(&password, &address)).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Works) -> T + Send + 'static) -> Result<T, Full> {
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

impl Works {
    fn new(peppers: Arc<[(u32, Zeroizing<[u8; 32]>)]>) -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(SIZE)).unwrap_or_default();
        Self {
            params,
            peppers,
            memory: Vec::new(),
            #[cfg(test)]
            made: Vec::new(),
        }
    }

    /// Does one job; false when no one is left to send any. A panic costs one answer, not a thread.
    fn serve(&mut self, receiver: &Receiver<Job>) -> bool {
        let Some(job) = self.next(receiver) else { return false };
        if catch_unwind(AssertUnwindSafe(|| job(self))).is_err() {
            tracing::error!("hashing a password panicked");
        }
        true
    }

    /// The memory is kept for the next job, and given back when none comes for a while: taking it anew costs as much as
    /// a seventh of a hash.
    fn next(&mut self, receiver: &Receiver<Job>) -> Option<Job> {
        match receiver.recv_timeout(KEPT) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                self.memory = Vec::new();
                receiver.recv().ok()
            }
        }
    }

    /// Nothing only when memory or keys are missing; never an empty hash, which would be stored.
    fn hash(&mut self, password: &Secret) -> Option<String> {
        let (generation, pepper) = self.peppers.first()?.clone();
        let (params, salt) = (self.params.clone(), chance::bytes::<SALT>());
        let hash = self.argon2id(&params, &pepper, password, &salt, SIZE)?;
        let shown = ParamsString::try_from(&params).ok()?;
        let [salt, hash] = [&salt[..], &hash].map(|bytes| BASE64_NOPAD.encode(bytes));
        Some(format!("k{generation}$argon2id$v=19${shown}${salt}${hash}"))
    }

    /// Where there is nothing to compare with, a hash of the present cost is made all the same, so that an unknown
    /// address takes as long (EN1).
    fn verify(&mut self, password: &Secret, stored: Option<&str>) -> Verdict {
        let (generation, phc) = split(stored.unwrap_or_default());
        let pepper = self.peppers.iter().find(|(number, _)| *number == generation).map(|(_, pepper)| pepper.clone());
        let (Some(pepper), Some((params, phc))) = (pepper, parsed(phc)) else {
            let (params, pepper) = (self.params.clone(), Zeroizing::new([0; 32]));
            let _ = self.argon2id(&params, &pepper, password, &[0; SALT], SIZE);
            return Verdict::Wrong;
        };
        let (Some(salt), Some(hash)) = (phc.salt, phc.hash) else { return Verdict::Wrong };
        let given = self.argon2id(&params, &pepper, password, &salt, hash.len());
        if !given.is_some_and(|given| bool::from(given.ct_eq(hash.as_bytes()))) {
            return Verdict::Wrong;
        }
        let newest = self.peppers.first().is_some_and(|(number, _)| *number == generation);
        let current = [params.m_cost(), params.t_cost(), params.p_cost()] == [MEMORY_KIB, PASSES, 1];
        Verdict::Right { rehash: if newest && current { None } else { self.hash(password) } }
    }

    fn argon2id(
        &mut self,
        params: &Params,
        pepper: &[u8; 32],
        password: &Secret,
        salt: &[u8],
        size: usize,
    ) -> Option<Vec<u8>> {
        let blocks = params.block_count();
        if self.memory.len() < blocks {
            self.memory = Vec::with_capacity(blocks.max(ROOM));
            self.memory.resize(blocks, Block::new());
        }
        #[cfg(test)]
        self.made.push((params.m_cost(), params.t_cost()));
        let mut hash = vec![0; size];
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let typed = peppered(pepper, password);
        let done = argon.hash_password_into_with_memory(typed.as_bytes(), salt, &mut hash, &mut self.memory[..blocks]);
        done.map_err(|error| tracing::error!(%error, "a password could not be hashed")).ok().map(|()| hash)
    }
}

/// A whole hash of Argon2id, version 0x13, with its parameters.
fn parsed(phc: &str) -> Option<(Params, PasswordHash)> {
    let phc = PasswordHash::new(phc).ok()?;
    let ours =
        phc.algorithm.as_str() == "argon2id" && phc.version == Some(19) && phc.salt.is_some() && phc.hash.is_some();
    let params = Params::try_from(&phc).ok().filter(|params| ours && params.block_count() <= MOST)?;
    Some((params, phc))
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

    #[test]
    fn what_cannot_be_compared_costs_as_much() {
        let mut works = Works::new(Keys::fixed(1).peppers().into());
        let stored = works.hash(&secret("correct horse")).unwrap();
        let cases =
            [Some(stored.clone()), None, Some("k1$argon2id$broken".into()), Some(stored.replacen("k1", "k9", 1))];
        for case in cases {
            works.made.clear();
            assert_eq!(works.verify(&secret("correct horsf"), case.as_deref()), Verdict::Wrong);
            assert_eq!(works.made, [(MEMORY_KIB, PASSES)], "{case:?}");
        }
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
        // Made by the library itself, in memory of its own.
        let phc = argon2::PasswordHasher::hash_password(&weak, peppered(&keys.peppers()[0].1, &secret("p")).as_bytes())
            .unwrap();
        let verdict = hasher.verify(secret("p"), Some(format!("k1{phc}"))).await.unwrap();
        assert!(matches!(verdict, Verdict::Right { rehash: Some(new) } if new.contains("m=19456,t=2,p=1")));
    }

    #[tokio::test]
    async fn judging_waits_in_the_same_queue() {
        let hasher = Hasher::start(1, 1, &Keys::fixed(1)).unwrap();
        let judged = |text: &str| hasher.judge(secret(text), "li@example.com".into());
        assert_eq!(judged("seven purple lanterns").await, Ok(Ok(())));
        assert_eq!(judged("short").await, Ok(Err(PasswordFault::TooShort)));
        let many = futures_util::future::join_all((0..20).map(|_| judged("seven purple lanterns"))).await;
        assert!(many.contains(&Err(Full)), "no thread that answers pages judges");
    }

    #[tokio::test]
    async fn a_full_queue_says_so() {
        let hasher = Hasher::start(1, 1, &Keys::fixed(1)).unwrap();
        let many = futures_util::future::join_all((0..20).map(|_| hasher.hash(secret("many")))).await;
        assert!(many.contains(&Err(Full)));
        assert!(many.iter().any(Result::is_ok));
    }
}
