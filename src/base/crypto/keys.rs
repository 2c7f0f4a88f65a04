//! The key ring: generations of 32 random bytes, each in a file that only the portal's user may read. Every use has a
//! key of its own, derived by HKDF-SHA-256 (RFC 5869) from a generation. New things use the newest generation; older
//! ones still open what they sealed.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::seal::{Unsealed, open_with, seal_with};
use crate::base::chance;

const LENGTH: usize = 32;
const ENDING: &str = "key";
/// Bytes of a fingerprint: enough that no two keys share one.
const FINGERPRINT: usize = 16;

/// Why the key ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// A file or folder could not be read or written.
    #[error("the key folder {0}: {1}")]
    File(String, std::io::Error),
    /// Somebody else can read a key.
    #[error("{0} may be read by others than its owner; set its mode to 0600")]
    Readable(String),
    /// Somebody else can look into the folder or put a key there.
    #[error("the key folder {0} may be opened by others than its owner; set its mode to 0700")]
    Open(String),
    /// Not 32 bytes of base64.
    #[error("{0} does not hold a key of 32 bytes in base64")]
    Malformed(String),
}

struct Generation {
    number: u32,
    secret: Zeroizing<[u8; LENGTH]>,
}

/// The ring, newest generation first.
pub struct Keys(Vec<Generation>);

impl Keys {
    /// Opens the ring in `folder`; makes the folder and a first generation when there is none.
    pub fn open(folder: &Path) -> Result<Self, KeyFault> {
        let ring = Self::read(folder)?;
        if !ring.0.is_empty() {
            return Ok(ring);
        }
        Self::make(folder, 1)
    }

    /// Adds a generation. Running portals take it up when they start again.
    pub fn rotate(folder: &Path) -> Result<Self, KeyFault> {
        let newest = Self::read(folder)?.0.first().map_or(0, |newest| newest.number);
        Self::make(folder, newest + 1)
    }

    fn make(folder: &Path, number: u32) -> Result<Self, KeyFault> {
        let path = folder.join(format!("{number:04}.{ENDING}"));
        write_new(folder, &path).map_err(|fault| KeyFault::File(path.display().to_string(), fault))?;
        Self::read(folder)
    }

    /// A ring that is the same for the same seed: for tests, and for measuring. Nothing is ever kept under it.
    pub fn fixed(seed: u8) -> Self {
        Self(vec![Generation { number: 1, secret: Zeroizing::new([seed; LENGTH]) }])
    }

    /// The ring in `folder` as it is, which may be empty; makes the folder when there is none.
    pub fn read(folder: &Path) -> Result<Self, KeyFault> {
        let name = folder.display().to_string();
        let fault = |fault| KeyFault::File(name.clone(), fault);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
        if fs::metadata(folder).map_err(fault)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFault::Open(name));
        }
        let mut ring = Vec::new();
        for entry in fs::read_dir(folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                ring.push(generation(&path)?);
            }
        }
        ring.sort_by_key(|generation| std::cmp::Reverse(generation.number));
        Ok(Self(ring))
    }

    /// Number and fingerprint of each generation, newest first. A fingerprint tells keys apart and nothing of a key: it is
    /// a keyed hash of nothing, for a purpose that nothing else has.
    pub fn fingerprints(&self) -> Vec<(u32, String)> {
        let mark = |one: &Generation| HEXLOWER.encode(&hash(one, "fingerprint", &[])[..FINGERPRINT]);
        self.0.iter().map(|generation| (generation.number, mark(generation))).collect()
    }

    /// How many generations there are.
    pub fn generations(&self) -> usize {
        self.0.len()
    }

    /// The keys of the session cookie, newest first; 64 bytes each.
    pub fn cookie_keys(&self) -> Vec<[u8; 64]> {
        self.0.iter().map(|generation| derived(generation, "cookie")).collect()
    }

    /// A keyed hash under the newest generation: HMAC-SHA-256 over the parts, each with its length before it.
    pub fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.0.first().map_or([0; 32], |generation| hash(generation, purpose, parts))
    }

    /// The same under every generation, newest first: for looking up what an older one hashed.
    pub fn hashes(&self, purpose: &str, parts: &[&[u8]]) -> Vec<Vec<u8>> {
        self.0.iter().map(|generation| hash(generation, purpose, parts).to_vec()).collect()
    }

    /// Whether `given` is the hash of the parts under any generation; in constant time.
    pub fn matches(&self, purpose: &str, parts: &[&[u8]], given: &[u8]) -> bool {
        self.0.iter().any(|generation| hash(generation, purpose, parts).ct_eq(given).into())
    }

    /// The pepper of passwords under the newest generation, with its number.
    pub(super) fn peppers(&self) -> Vec<(u32, Zeroizing<[u8; 32]>)> {
        self.0.iter().map(|generation| (generation.number, Zeroizing::new(derived(generation, "password")))).collect()
    }

    /// Seals a column's value: generation (4 bytes), nonce (24), ciphertext and tag.
    pub fn seal(&self, place: &str, row: &str, plain: &[u8]) -> Vec<u8> {
        let Some(generation) = self.0.first() else { return Vec::new() };
        let key = Zeroizing::new(derived(generation, "column"));
        [generation.number.to_be_bytes().as_slice(), &seal_with(&key, place, row, plain)].concat()
    }

    /// Opens what `seal` sealed for the same place and row, under whichever generation.
    pub fn open_sealed(&self, place: &str, row: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealed> {
        let (number, sealed) = sealed.split_at_checked(4).ok_or(Unsealed)?;
        let number = u32::from_be_bytes(number.try_into().map_err(|_| Unsealed)?);
        let generation = self.0.iter().find(|generation| generation.number == number).ok_or(Unsealed)?;
        open_with(&Zeroizing::new(derived(generation, "column")), place, row, sealed)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} generations)", self.0.len())
    }
}

/// A key appears whole or not at all, and never in the place of another: of portals that start at the same moment, one
/// makes it and the others find it.
fn write_new(folder: &Path, path: &Path) -> std::io::Result<()> {
    let draft = folder.join(format!(".{}", chance::digits(16)));
    let secret: Zeroizing<[u8; LENGTH]> = Zeroizing::new(chance::bytes());
    let text = Zeroizing::new(BASE64.encode(secret.as_slice()));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    fs::remove_file(&draft)?;
    linked?;
    fs::File::open(folder)?.sync_all()
}

fn generation(path: &Path) -> Result<Generation, KeyFault> {
    let name = path.display().to_string();
    let fault = |fault| KeyFault::File(name.clone(), fault);
    if fs::metadata(path).map_err(fault)?.permissions().mode() & 0o077 != 0 {
        return Err(KeyFault::Readable(name));
    }
    let malformed = || KeyFault::Malformed(name.clone());
    let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
    let text = Zeroizing::new(fs::read_to_string(path).map_err(fault)?);
    let bytes = Zeroizing::new(BASE64.decode(text.trim().as_bytes()).map_err(|_| malformed())?);
    let secret: [u8; LENGTH] = bytes.as_slice().try_into().map_err(|_| malformed())?;
    Ok(Generation { number: number.ok_or_else(malformed)?, secret: Zeroizing::new(secret) })
}

fn derived<const N: usize>(generation: &Generation, purpose: &str) -> [u8; N] {
    let mut key = [0; N];
    // Fails only for more than 8,160 bytes.
    let _ = Hkdf::<Sha256>::new(Some(b"easylink"), &*generation.secret).expand(purpose.as_bytes(), &mut key);
    key
}

fn hash(generation: &Generation, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let key: Zeroizing<[u8; 32]> = Zeroizing::new(derived(generation, &format!("hash {purpose}")));
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*key) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("keys");
        let first = Keys::open(&at).unwrap();
        let again = Keys::open(&at).unwrap();
        assert_eq!(first.hash("x", &[b"y"]), again.hash("x", &[b"y"]));
        let file = at.join("0001.key");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::open(&at), Err(KeyFault::Readable(_))));
    }

    #[test]
    fn a_short_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let file = folder.path().join("0001.key");
        fs::write(&file, BASE64.encode(&[1; 31])).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(KeyFault::Malformed(_))));
    }

    #[test]
    fn after_a_rotation_the_old_still_opens_and_the_new_is_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let old = Keys::open(folder.path()).unwrap();
        let sealed = old.seal("t.c", "1", b"plain");
        let hashed = old.hash("p", &[b"a"]);
        let new = Keys::rotate(folder.path()).unwrap();
        assert_eq!(new.generations(), 2);
        assert_eq!(new.open_sealed("t.c", "1", &sealed).unwrap().as_slice(), b"plain");
        assert!(new.matches("p", &[b"a"], &hashed));
        assert_ne!(new.hash("p", &[b"a"]), hashed);
        assert_eq!(new.hashes("p", &[b"a"])[1], hashed);
        assert!(old.open_sealed("t.c", "1", &new.seal("t.c", "1", b"plain")).is_err());
    }

    #[test]
    fn a_fingerprint_tells_keys_apart_and_shows_nothing_that_is_used_elsewhere() {
        let (one, other) = (Keys::fixed(1), Keys::fixed(2));
        assert_eq!(one.fingerprints(), Keys::fixed(1).fingerprints());
        assert_ne!(one.fingerprints(), other.fingerprints());
        let mark = &one.fingerprints()[0].1;
        assert_eq!(mark.len(), 32);
        let used = [one.hash("session", &[]).to_vec(), one.cookie_keys()[0].to_vec(), vec![1; 32]];
        assert!(used.iter().all(|used| !HEXLOWER.encode(used).contains(mark.as_str())));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let keys = Keys::fixed(1);
        assert_ne!(keys.hash("p", &[b"ab", b"c"]), keys.hash("p", &[b"a", b"bc"]));
        assert_ne!(keys.hash("p", &[b"a"]), keys.hash("q", &[b"a"]));
    }

    #[test]
    fn starts_at_once_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("keys");
        let starts: Vec<_> = (0..8).map(|_| at.clone()).map(|at| std::thread::spawn(move || Keys::open(&at))).collect();
        let rings: Vec<Keys> = starts.into_iter().map(|start| start.join().unwrap().unwrap()).collect();
        assert!(rings.iter().all(|ring| ring.hash("x", &[]) == rings[0].hash("x", &[]) && ring.generations() == 1));
        assert_eq!(fs::read_dir(&at).unwrap().count(), 1, "no draft stays");
        for mode in [0o720, 0o750, 0o701] {
            fs::set_permissions(&at, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(Keys::open(&at), Err(KeyFault::Open(_))), "{mode:o}");
        }
    }
}
