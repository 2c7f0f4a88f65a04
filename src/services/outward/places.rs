//! Where the portal may connect to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which addresses a way may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// This machine, which the setting names itself.
    OwnMachine,
    /// The internet.
    Public,
    /// The internet, and the operator's own network.
    Private,
}

impl Reach {
    /// Whether a connection to this address may be made.
    pub fn allows(self, ip: IpAddr) -> bool {
        let ip = plain(ip);
        match self {
            Self::OwnMachine => ip.is_loopback(),
            Self::Public => public(ip),
            Self::Private => public(ip) || private(ip),
        }
    }
}

/// Whether a URL names this machine.
pub(super) fn own_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An IPv4 address that is written as an IPv6 one is the IPv4 address, also behind the translators of RFC 6052 and 6to4.
fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return v4.into();
    }
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d).into()
    };
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => inner(high, low),
        _ => ip,
    }
}

fn private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || shared(ip),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

/// The space between providers and their customers (RFC 6598).
fn shared(ip: Ipv4Addr) -> bool {
    matches!(ip.octets(), [100, 64..=127, ..])
}

/// An address of the internet: nothing of the special-purpose registries of IANA.
fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let special = matches!(ip.octets(), [0 | 240..=255, ..] | [192, 0, 0, _] | [198, 18 | 19, ..]);
            !(special
                || shared(ip)
                || ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_broadcast()
                || ip.is_documentation()
                || ip.is_multicast())
        }
        IpAddr::V6(ip) => global(ip),
    }
}

/// Of IPv6 only global unicast is the internet, without the ranges for documentation, benchmarks and tunnels.
fn global(ip: Ipv6Addr) -> bool {
    let unicast = ip.segments()[0] & 0xe000 == 0x2000;
    let special = matches!(ip.segments(), [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..]);
    unicast && !special
}

/// The name leads only to addresses that may not be connected to.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name leads to an address inside")]
pub(super) struct Inside;

/// Resolves names and gives only what may be connected to. Hyper connects to what is given here and resolves nothing itself.
pub(super) struct Names(pub Reach);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|place| reach.allows(place.ip())).collect();
            if allowed.is_empty() {
                return Err(Inside.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(reach: Reach, addresses: &str) {
        for ip in addresses.split(' ') {
            assert!(reach.allows(ip.parse().unwrap()), "{reach:?} refuses {ip}");
        }
    }

    fn refused(reach: Reach, addresses: &str) {
        for ip in addresses.split(' ') {
            assert!(!reach.allows(ip.parse().unwrap()), "{reach:?} allows {ip}");
        }
    }

    const PRIVATE: &str = "10.0.0.1 172.16.0.1 172.31.255.254 192.168.1.1 100.64.0.1 100.127.255.255 fc00::1 fdff::1 \
                           ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::1";
    const NEVER: &str = "0.0.0.0 127.0.0.1 127.8.8.8 169.254.169.254 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7 \
                         203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 \
                         ::7f00:1 64:ff9b::7f00:1 64:ff9b:1::a00:1 2002:7f00:1::1 fe80::1 fec0::1 ff02::1 2001::1 2001:db8::1 \
                         3fff::1 100::1";
    const INTERNET: &str = "1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 198.17.0.1 198.20.0.1 \
                            223.255.255.254 2606:4700::1 2a00::1 2001:4860::1 ::ffff:1.1.1.1";

    #[test]
    fn the_internet_is_outside() {
        allowed(Reach::Public, INTERNET);
        refused(Reach::Public, PRIVATE);
        refused(Reach::Public, NEVER);
    }

    #[test]
    fn the_own_network_only_when_it_is_set_and_this_machine_never() {
        allowed(Reach::Private, INTERNET);
        allowed(Reach::Private, PRIVATE);
        refused(Reach::Private, NEVER);
    }

    #[test]
    fn this_machine_is_this_machine() {
        allowed(Reach::OwnMachine, "127.0.0.1 127.1.2.3 ::1 ::ffff:127.0.0.1");
        refused(Reach::OwnMachine, INTERNET);
        refused(Reach::OwnMachine, "10.0.0.1 169.254.169.254 :: 0.0.0.0");
        for (url, own) in [
            ("http://localhost:1/", true),
            ("http://x.localhost/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]/", true),
            ("http://0x7f.1/", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(own_machine(&Url::parse(url).unwrap()), own, "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_leads_nowhere() {
        for reach in [Reach::Public, Reach::Private] {
            let found = Names(reach).resolve("localhost".parse().unwrap()).await;
            assert!(found.err().unwrap().is::<Inside>(), "{reach:?}");
        }
        assert!(Names(Reach::OwnMachine).resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
