//! Ranges of addresses.

use super::{Refusal, checked_text};
use std::net::IpAddr;

checked_text! {
    /// An address, or a range of them with the length of its prefix: `203.0.113.7`, `2001:db8::/32`.
    AddressRange is "an address or a range of addresses" like "203.0.113.0/24"
    matching "^[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?$" by address_range
}

impl AddressRange {
    /// Whether it is of IPv6.
    pub fn is_v6(&self) -> bool {
        self.as_str().contains(':')
    }
}

fn address_range(text: &str) -> Result<(), Refusal> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return Err(Refusal::new("it is neither an IPv4 nor an IPv6 address"));
    };
    let Some(length) = length else { return Ok(()) };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    match length.parse::<u32>() {
        Ok(0) => Err(Refusal::new("that is every address: leave the key out instead")),
        Ok(number) if number <= longest && number.to_string() == length => {
            first_of_range(address, number)
        }
        _ => Err(Refusal::new(format!("the length of a prefix is a number from 1 to {longest}"))),
    }
}

/// A range begins with its first address; another one is probably a slip.
fn first_of_range(address: IpAddr, length: u32) -> Result<(), Refusal> {
    let first = match address {
        IpAddr::V4(it) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            IpAddr::V4((it.to_bits() & mask).into())
        }
        IpAddr::V6(it) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            IpAddr::V6((it.to_bits() & mask).into())
        }
    };
    if first == address {
        return Ok(());
    }
    Err(Refusal::new(format!("{address} is not the first address of its range"))
        .instead(format!("{first}/{length}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar as _;

    #[test]
    fn a_range_begins_with_its_first_address() {
        for good in ["203.0.113.7", "203.0.113.0/24", "10.0.0.1/32", "2001:db8::/32", "::1/128"] {
            assert!(AddressRange::from_text(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "203.0.113.7/33",
            "203.0.113.0/",
            "203.0.113.0/024",
            "0.0.0.0/0",
            "::/0",
            "203.0.113.0/24/8",
            "203.0.113.256",
            "fe80::1%eth0",
            "10.0.0.0 /8",
        ] {
            assert!(AddressRange::from_text(bad).is_err(), "{bad}");
        }
        let refusal = AddressRange::from_text("203.0.113.7/24").expect_err("not the first");
        assert_eq!(refusal.instead.as_deref(), Some("203.0.113.0/24"));
        let refusal = AddressRange::from_text("2001:db8::1/64").expect_err("not the first");
        assert_eq!(refusal.instead.as_deref(), Some("2001:db8::/64"));
    }
}
