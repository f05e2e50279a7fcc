//! Where a request came from: what audit records keep beside who acted.

use std::net::IpAddr;

/// The request or job that something belongs to, and the address that asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The id of the request or job.
    pub request_id: Option<String>,
    /// The client's address; none for a job or a command.
    pub address: Option<IpAddr>,
}

impl Origin {
    /// A request, from an address where one is known.
    #[must_use]
    pub fn new(request_id: &str, address: impl Into<Option<IpAddr>>) -> Self {
        Self { request_id: Some(request_id.to_owned()), address: address.into() }
    }

    /// The address as it is stored: an IPv4 address that arrived as IPv6 is the same address.
    pub(crate) fn address_kept(&self) -> Option<String> {
        self.address.map(|address| address.to_canonical().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_one_way_however_it_arrived() {
        let mapped: IpAddr = std::net::Ipv4Addr::new(192, 0, 2, 7).to_ipv6_mapped().into();
        assert_eq!(Origin::new("req-1", mapped).address_kept().as_deref(), Some("192.0.2.7"));
        assert_eq!(Origin::new("req-1", None).address_kept(), None);
    }
}
