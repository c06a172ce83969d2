//! Texts of compose files that mean more than a text, as compose-go 2.14 (Compose 5.6) reads them.

use std::net::IpAddr;

/// Whether a text says yes or no.
pub fn is_truth(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n"];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a text is a duration: numbers, each with its unit.
pub fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    loop {
        let unit = rest.trim_start_matches(is_digit);
        let number = &rest[..rest.len() - unit.len()];
        let end = unit.find(is_digit).unwrap_or(unit.len());
        let known = ["ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "w"];
        if number.parse::<f64>().is_err() || !known.contains(&&unit[..end]) {
            return false;
        }
        rest = &unit[end..];
        if rest.is_empty() {
            return true;
        }
    }
}

/// Whether a text is an amount of memory: a number, perhaps with a unit.
pub fn is_size(text: &str) -> bool {
    let written = text.to_ascii_lowercase();
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let is_number = written[..written.len() - unit.len()].parse::<f64>().is_ok();
    let unit = unit.trim_start();
    let prefix = unit.trim_end_matches("ib").trim_end_matches('b');
    is_number && matches!(prefix, "" | "k" | "m" | "g" | "t" | "p")
}

/// Whether a text is the name of a container.
pub fn is_container_name(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphanumeric();
    text.len() > 1 && text.starts_with(is_first) && is_key(text)
}

/// Whether a text is the name of a project that compose keeps as it is.
pub fn is_project_name(text: &str) -> bool {
    let is_first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(is_first) && text.chars().all(|c| is_first(c) || matches!(c, '-' | '_'))
}

/// Whether a text may be the key of a service, network or volume.
pub fn is_key(text: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !text.is_empty() && text.chars().all(is_fine)
}

/// Whether a text says when a container is started again.
pub fn is_restart(text: &str) -> bool {
    let tries = text.strip_prefix("on-failure:").is_some_and(|it| it.parse::<u32>().is_ok());
    tries || matches!(text, "" | "no" | "always" | "unless-stopped" | "on-failure")
}

/// Whether a text says when an image is pulled.
pub fn is_pull_policy(text: &str) -> bool {
    let every = |it: &str| {
        let number = it.trim_end_matches(['w', 'd', 'h', 'm', 's']);
        number.len() + 1 == it.len() && number.parse::<u32>().is_ok()
    };
    let known =
        ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"];
    known.contains(&text) || text.strip_prefix("every_").is_some_and(every)
}

/// Whether a text is an address.
pub fn is_address(text: &str) -> bool {
    text.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// The ends of a port or of a range of ports.
pub fn port_range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let ends = (first.parse().ok()?, last.parse().ok()?);
    (ends.0 <= ends.1).then_some(ends)
}

/// Whether a text is a port of the server, or a range of them.
pub fn is_published(text: &str) -> bool {
    text.is_empty() || port_range(text).is_some()
}

/// Whether a text says which port is published where: `127.0.0.1:8030:3000/tcp`.
pub fn is_port(text: &str) -> bool {
    let (written, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (rest, target) = written.rsplit_once(':').unwrap_or(("", written));
    let (address, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    let Some(target) = port_range(target) else { return false };
    let fits = match port_range(published) {
        Some(ends) => target.0 == target.1 || ends.1 - ends.0 == target.1 - target.0,
        None => published.is_empty(),
    };
    let is_protocol = matches!(protocol.to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp");
    target.0 > 0 && fits && is_protocol && (address.is_empty() || is_address(address))
}

/// Whether a text is a mount: `source:target:options`.
pub fn is_mount(text: &str) -> bool {
    text.split(':').all(|it| !it.is_empty()) && text.split(':').count() <= 3
}

/// Whether a text gives a host an address.
pub fn is_extra_host(text: &str) -> bool {
    text.split_once(['=', ':'])
        .is_some_and(|(host, address)| !host.is_empty() && !address.is_empty())
}
