//! Addresses that Tailscale gives to the devices of a tailnet.

use super::{Refusal, checked_text};
use std::net::{Ipv4Addr, Ipv6Addr};

checked_text! {
    /// An IPv4 address of a tailnet.
    TailnetIpv4 is "an IPv4 address of a tailnet" like "100.101.102.103"
    matching "^100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.[0-9]{1,3}\\.[0-9]{1,3}$" by ipv4
}

checked_text! {
    /// An IPv6 address of a tailnet, in its shortest form.
    TailnetIpv6 is "an IPv6 address of a tailnet" like "fd7a:115c:a1e0::1234:5678"
    matching "^fd7a:115c:a1e0:[0-9a-f:]+$" by ipv6
}

fn ipv4(text: &str) -> Result<(), Refusal> {
    let Ok(address) = text.parse::<Ipv4Addr>() else {
        return Err(Refusal::new("it is no IPv4 address; `tailscale ip -4` on the server says it"));
    };
    let [first, second, ..] = address.octets();
    match (first, second) {
        (100, 64..=127) => Ok(()),
        _ => Err(Refusal::new(
            "it lies outside 100.64.0.0/10; `tailscale ip -4` on the server says the right one",
        )),
    }
}

fn ipv6(text: &str) -> Result<(), Refusal> {
    let Ok(address) = text.parse::<Ipv6Addr>() else {
        return Err(Refusal::new("it is no IPv6 address; `tailscale ip -6` on the server says it"));
    };
    match address.segments() {
        [0xfd7a, 0x115c, 0xa1e0, ..] if address.to_string() == text => Ok(()),
        [0xfd7a, 0x115c, 0xa1e0, ..] => {
            Err(Refusal::new("it has a shorter form").instead(address.to_string()))
        }
        _ => Err(Refusal::new(
            "it lies outside fd7a:115c:a1e0::/48; `tailscale ip -6` on the server says the right one",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn an_address_lies_in_the_ranges_of_tailscale() {
        for good in ["100.64.0.0", "100.101.102.103", "100.127.255.255"] {
            assert!(TailnetIpv4::from_text(good).is_ok(), "{good}");
        }
        for bad in
            ["", "100.63.255.255", "100.128.0.0", "10.0.0.1", "0.0.0.0", "100.64.0.1/32", "::1"]
        {
            assert!(TailnetIpv4::from_text(bad).is_err(), "{bad}");
        }
        assert!(TailnetIpv6::from_text("fd7a:115c:a1e0::1").is_ok());
        for bad in
            ["", "fd7a:115c:a1e1::1", "fd00::1", "[fd7a:115c:a1e0::1]", "fd7a:115c:a1e0::1%0"]
        {
            assert!(TailnetIpv6::from_text(bad).is_err(), "{bad}");
        }
        let long = TailnetIpv6::from_text("FD7A:115C:A1E0:0:0::1").expect_err("long");
        assert_eq!(long.instead.as_deref(), Some("fd7a:115c:a1e0::1"));
    }
}
