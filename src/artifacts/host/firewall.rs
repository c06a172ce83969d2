//! The rules that differ from site to site.

use crate::site::{Firewall, NetworkAccess, Site};
use crate::value::AddressRange;
use serde_json::{Value, json};

/// Where tailscaled listens, so that two devices meet without a relay.
const TAILSCALE: u16 = 41641;

/// What the template of the firewall sees.
pub(super) fn rules(firewall: &Firewall, webapp: Option<&Site>, header: Vec<String>) -> Value {
    let mut tcp: Vec<u16> = firewall.tcp_ports.iter().map(|it| it.number()).collect();
    let mut udp: Vec<u16> = firewall.udp_ports.iter().map(|it| it.number()).collect();
    if webapp.is_some_and(|it| it.nginx().is_some()) {
        tcp.extend([80, 443]);
    }
    let tailscale =
        webapp.is_some_and(|it| matches!(it.network.access, NetworkAccess::Tailscale(_)));
    if tailscale {
        udp.push(TAILSCALE);
    }
    for ports in [&mut tcp, &mut udp] {
        ports.sort_unstable();
        ports.dedup();
    }
    let tailnet = tailscale.then(|| r#"iifname "tailscale0" accept"#.to_owned());
    let accepted: Vec<String> =
        [tailnet, accept("tcp", &tcp), accept("udp", &udp)].into_iter().flatten().collect();
    json!({
        "header": header,
        "ssh_port": firewall.ssh_port.number(),
        "ssh_from_v4": elements(&firewall.ssh_from, false),
        "ssh_from_v6": elements(&firewall.ssh_from, true),
        "accepted": accepted,
        "tailscale": tailscale,
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
