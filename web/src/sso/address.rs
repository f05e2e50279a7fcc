//! Which addresses the service connects to and sends browsers to.
//!
//! A council's administrator types the issuer, and the issuer's own document names more addresses. Without
//! a check they could be those of our own network: the database, or a cloud's metadata. So names are
//! resolved here, and what the name led to is what is connected to: a second look-up cannot give another.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use openidconnect::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Why an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Not an address of the web, or with a name and password, a query, or a fragment in it.
    #[error("{0} is not the address of a sign-in service")]
    Shape(String),
    /// Anybody on the way could read and change what is sent there.
    #[error("{0} does not begin with https://")]
    NotHttps(String),
    /// It leads into a private network.
    #[error("{0} leads into a private network")]
    Private(String),
}

impl AddressFault {
    /// A sentence for whoever signs in, or has typed the address.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Shape(_) => {
                "The address of your council's sign-in service is not one: it looks like https://login.example.gov.uk"
            }
            Self::NotHttps(_) => "The address of your council's sign-in service has to begin with https://",
            Self::Private(_) => {
                "The address of your council's sign-in service leads into a private network, which Counterfoil does \
                 not connect to"
            }
        }
    }
}

/// How far the service reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The public internet, encrypted.
    Public,
    /// A developer's machine as well: `http://localhost` and `http://127.0.0.1`.
    Local,
}

impl Reach {
    /// A service that is itself not encrypted is nobody's but a developer's.
    pub(super) fn of(public_url: &Url) -> Self {
        if public_url.scheme() == "http" { Self::Local } else { Self::Public }
    }

    /// Whether an issuer may be at `url`.
    pub(super) fn check_issuer(self, url: &Url) -> Result<(), AddressFault> {
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressFault::Shape(url.to_string()));
        }
        self.check(url)
    }

    /// Whether the service connects to `url` or sends browsers there.
    pub(super) fn check(self, url: &Url) -> Result<(), AddressFault> {
        let host = url.host().ok_or_else(|| AddressFault::Shape(url.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::Shape(host.to_string()));
        }
        let this_machine = matches!(host, Host::Domain("localhost") | Host::Ipv4(Ipv4Addr::LOCALHOST));
        match (url.scheme(), self) {
            ("http", Self::Local) if this_machine => return Ok(()),
            ("https", _) => {}
            _ => return Err(AddressFault::NotHttps(url.to_string())),
        }
        // Names are looked at once they are resolved.
        let public = match host {
            Host::Domain(_) => true,
            Host::Ipv4(ip) => is_public(IpAddr::V4(ip)),
            Host::Ipv6(ip) => is_public(IpAddr::V6(ip)),
        };
        if self == Self::Public && !public {
            return Err(AddressFault::Private(host.to_string()));
        }
        Ok(())
    }
}

/// Resolves names as the system does, and refuses one of whose addresses any is private.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            // The port is the caller's matter.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if reach == Self::Public && !found.iter().all(|address| is_public(address.ip())) {
                return Err(AddressFault::Private(name.as_str().to_owned()).into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// The fault among an error's causes, where the resolver found one.
pub(super) fn fault(error: &(dyn Error + 'static)) -> Option<AddressFault> {
    std::iter::successors(Some(error), |&error| error.source())
        .find_map(|error| error.downcast_ref::<AddressFault>())
        .cloned()
}

/// Whether an address belongs to the public internet, by the IANA's registries of special-purpose
/// addresses. Anything that they leave open is refused.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || first == 0 // this network
        || (first == 100 && (64..128).contains(&second)) // shared by a provider's customers
        || (first, second, third) == (192, 0, 0) // of protocols
        || (first, second, third) == (192, 88, 99) // relays to IPv6, given up
        || (first == 198 && (18..20).contains(&second)) // for measuring
        || first >= 224; // multicast, reserved, broadcast
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // What a gateway from IPv6 to IPv4 makes of an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)))
        }
        // Of protocols, Teredo among them; documentation; IPv4 addresses in disguise.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x2002, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_public_internet_is_reached_encrypted() {
        for address in ["https://login.norfolk.example/", "https://20.190.128.1/tenant/v2.0", "https://[2603:1026::1]/"]
        {
            assert_eq!(Reach::Public.check_issuer(&url(address)), Ok(()), "{address}");
            assert_eq!(Reach::Local.check_issuer(&url(address)), Ok(()), "{address}");
        }
        for address in
            ["http://login.norfolk.example/", "ftp://login.norfolk.example/", "ldap://login.norfolk.example/"]
        {
            for reach in [Reach::Public, Reach::Local] {
                assert!(matches!(reach.check(&url(address)), Err(AddressFault::NotHttps(_))), "{address}");
            }
        }
        assert!(matches!(Reach::Public.check(&url("javascript:alert(1)")), Err(AddressFault::Shape(_))));
    }

    #[test]
    fn only_a_developers_service_reaches_its_own_machine_in_the_clear() {
        for address in ["http://localhost:4000/", "http://127.0.0.1:4000/"] {
            assert_eq!(Reach::Local.check(&url(address)), Ok(()), "{address}");
            assert!(matches!(Reach::Public.check(&url(address)), Err(AddressFault::NotHttps(_))), "{address}");
        }
        for address in ["http://localhost.evil.test/", "http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/"] {
            assert!(matches!(Reach::Local.check(&url(address)), Err(AddressFault::NotHttps(_))), "{address}");
        }
        assert_eq!(Reach::of(&url("https://counterfoil.example/")), Reach::Public);
        assert_eq!(Reach::of(&url("http://localhost:8040/")), Reach::Local);
    }

    #[test]
    fn an_issuer_is_an_address_and_nothing_more() {
        for address in
            ["https://login.example/?tenant=1", "https://login.example/#x", "https://admin:secret@login.example/"]
        {
            let fault = Reach::Public.check_issuer(&url(address)).unwrap_err();
            assert!(matches!(fault, AddressFault::Shape(_)), "{address}");
            assert!(!fault.to_string().contains("secret"), "{fault}");
        }
    }

    #[test]
    fn numbers_in_private_networks_are_refused_however_they_are_written() {
        for host in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0.0.0.0",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:10.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::10.0.0.1]",
            "[64:ff9b:1::1]",
            "[fe80::1]",
            "[fd00::1]",
            "[ff02::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[3fff::1]",
        ] {
            let address = format!("https://{host}/");
            let fault = Reach::Public.check(&url(&address)).unwrap_err();
            assert!(matches!(fault, AddressFault::Private(_)), "{address}: {fault}");
        }
        for host in ["8.8.8.8", "100.63.0.1", "172.32.0.1", "[2a00:1450::1]", "[64:ff9b::8.8.8.8]", "[2001:4860::1]"] {
            assert_eq!(Reach::Public.check(&url(&format!("https://{host}/"))), Ok(()), "{host}");
        }
    }
}
