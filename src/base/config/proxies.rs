//! Whose word about the caller's address is believed (EN7).

use std::net::{IpAddr, SocketAddr};

/// Networks of trusted proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl Proxies {
    /// Reads addresses and networks, separated by commas or spaces. A network of everybody (`/0`) is refused: with it
    /// any caller could choose the address that limits and records see.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        parts.map(network).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The caller's address: the right-most hop that is not a trusted proxy. What cannot be read falls back to the
    /// peer and never skips a check. A listener on `[::]` sees IPv4 as `::ffff:…`: that is undone, or all of IPv4 would
    /// be one IPv6 network and share one limit.
    pub fn client(&self, peer: IpAddr, forwarded: Option<&str>) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let mut nearest = peer;
        for hop in forwarded.unwrap_or_default().rsplit(',') {
            let Some(hop) = address(hop.trim()) else { return peer };
            nearest = hop.to_canonical();
            if !self.trusts(nearest) {
                return nearest;
            }
        }
        nearest
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|(network, bits)| match (network, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(*bits)).unwrap_or(0);
                u32::from(*network) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(*bits)).unwrap_or(0);
                u128::from(*network) & mask == u128::from(ip) & mask
            }
            _ => false,
        })
    }
}

/// An address, which some proxies write with a port or, when it is IPv6, in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok();
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    bare.or_else(in_brackets).or_else(|| text.parse::<SocketAddr>().ok().map(|place| place.ip()))
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (ip, bits) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
    let ip: IpAddr = ip.parse().ok()?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (1..=most).contains(&bits).then_some((ip, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_trusts_everybody() {
        for network in ["0.0.0.0/0", "::/0", "10.0.0.0/8, 0.0.0.0/0"] {
            assert_eq!(Proxies::parse(network), None, "{network}");
        }
        assert!(Proxies::parse("128.0.0.0/1").is_some());
    }

    #[test]
    fn without_trust_the_header_says_nothing() {
        assert_eq!(Proxies::default().client(ip("9.9.9.9"), Some("1.2.3.4")), ip("9.9.9.9"));
        assert_eq!(Proxies::default().client(ip("::ffff:9.9.9.9"), None), ip("9.9.9.9"));
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        let proxies = Proxies::parse("10.0.0.0/8, ::1").unwrap();
        assert_eq!(proxies.client(ip("10.0.0.1"), Some("1.1.1.1, 2.2.2.2, 10.0.0.7")), ip("2.2.2.2"));
        assert_eq!(proxies.client(ip("10.0.0.1"), None), ip("10.0.0.1"));
        assert_eq!(proxies.client(ip("::1"), Some("2001:db8::1")), ip("2001:db8::1"));
    }

    #[test]
    fn what_cannot_be_read_falls_back_to_the_peer() {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        for bad in ["a", "", "fe80::1%eth0", &"1".repeat(10_000), "1.1.1.1, a", "a, 10.0.0.7"] {
            assert_eq!(proxies.client(ip("10.0.0.1"), Some(bad)), ip("10.0.0.1"));
        }
    }
}
