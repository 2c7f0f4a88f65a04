//! Sender, recipient and message id: one each, or none.

use lettre::Address;
use lettre::message::Mailbox;
use url::Host;

use super::Undelivered;
use super::compose::hidden;

/// The sender comes from the settings, with a name before the address or without.
pub(super) fn sender(text: &str) -> Result<Mailbox, Undelivered> {
    let refused = || Undelivered::never("the sender's address is not usable");
    if text.chars().any(hidden) {
        return Err(refused());
    }
    let (name, address) = match text.trim().strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').ok_or_else(refused)?,
        None => ("", text.trim()),
    };
    let name = name.trim().trim_matches('"').trim();
    if name.contains(['<', '>', '"', '\\']) {
        return Err(refused());
    }
    let address = recipient(address).map_err(|_| refused())?;
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

/// One bare address. Signs that could end it or begin another are refused, quoted local parts and literals with them.
/// A domain of another script becomes its ASCII form, which every relay understands.
pub(super) fn recipient(text: &str) -> Result<Address, Undelivered> {
    let refused = || Undelivered::never("the recipient's address is not usable");
    let bad = |sign: char| hidden(sign) || sign.is_whitespace() || ",;:<>()[]\"\\|`".contains(sign);
    if text.len() > 254 || text.contains(bad) {
        return Err(refused());
    }
    let (local, domain) = text.split_once('@').ok_or_else(refused)?;
    let name = |sign: char| sign.is_alphanumeric() || !sign.is_ascii() || "-.".contains(sign);
    if local.starts_with('-') || !domain.chars().all(name) {
        return Err(refused());
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        match Host::parse(domain) {
            Ok(Host::Domain(ascii)) => ascii,
            _ => return Err(refused()),
        }
    };
    Address::new(local, &domain).map_err(|_| refused())
}

/// The message id without its brackets: plain signs only, since it also names a file.
pub(super) fn message_id(text: &str) -> Result<String, Undelivered> {
    let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-._".contains(&sign))
    };
    match bare.split_once('@') {
        Some((left, right)) if bare.len() <= 200 && plain(left) && plain(right) => Ok(bare.to_owned()),
        _ => Err(Undelivered::never("the message id is not usable")),
    }
}
