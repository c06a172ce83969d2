//! The rules that differ from site to site.

use crate::site::{Firewall, Site};
use crate::value::AddressRange;
use serde_json::{Value, json};

/// What the template of the firewall sees.
pub(super) fn rules(firewall: &Firewall, webapp: Option<&Site>, header: Vec<String>) -> Value {
    let mut tcp: Vec<u16> = firewall.tcp_ports.iter().map(|it| it.number()).collect();
    let mut udp: Vec<u16> = firewall.udp_ports.iter().map(|it| it.number()).collect();
    if webapp.is_some() {
        tcp.extend([80, 443]);
    }
    for ports in [&mut tcp, &mut udp] {
        ports.sort_unstable();
        ports.dedup();
    }
    let accepted: Vec<String> =
        [accept("tcp", &tcp), accept("udp", &udp)].into_iter().flatten().collect();
    json!({
        "header": header,
        "ssh_port": firewall.ssh_port.number(),
        "ssh_from_v4": elements(&firewall.ssh_from, false),
        "ssh_from_v6": elements(&firewall.ssh_from, true),
        "accepted": accepted,
    })
}

fn accept(protocol: &str, ports: &[u16]) -> Option<String> {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    (!ports.is_empty()).then(|| format!("{protocol} dport {{ {} }} accept", ports.join(", ")))
}

/// The elements of a set of addresses; a set without any has no such line.
fn elements(from: &[AddressRange], v6: bool) -> String {
    let everybody = if v6 { "::/0" } else { "0.0.0.0/0" };
    let mut ranges: Vec<&str> =
        from.iter().filter(|it| it.is_v6() == v6).map(AddressRange::as_str).collect();
    if from.is_empty() {
        ranges.push(everybody);
    }
    if ranges.is_empty() {
        return String::new();
    }
    format!("\n    elements = {{ {} }}", ranges.join(", "))
}
