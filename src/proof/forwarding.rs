//! What nginx makes of a request before it forwards it.

use super::stack::{Role, included};
use super::vhosts::{Part, hosts, vhosts};
use super::{Blame, Proof};
use crate::release::env;

pub(super) static FORGEABLE_HEADER: Proof = Proof {
    name: "forgeable-header",
    summary: "Wherever nginx forwards it writes Host, X-Forwarded-Host, X-Forwarded-Proto and X-Forwarded-For itself: the links in mails are made from them.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for vhost in vhosts(stack) {
            for (location, _) in vhost.forwarding() {
                // A level that sets one header inherits none.
                let own = included(stack, &location.block, "proxy_set_header");
                let set = match own.is_empty() {
                    true => included(stack, &vhost.block.block, "proxy_set_header"),
                    false => own,
                };
                for name in WRITTEN {
                    let value = set.iter().rev().find(|it| it.first().eq_ignore_ascii_case(name));
                    let value = value.and_then(|it| it.words.get(1));
                    if !value.is_some_and(|it| is_own(it)) {
                        report.fault(
                            vhost.spot(location),
                            format!("what a client sends as `{name}` arrives at `location {}`", location.words.join(" ")),
                            "include the snippet that writes all of these headers, and no `proxy_set_header` beside it",
                        );
                    }
                }
            }
        }
    },
};

/// The headers from which the application takes who called, and under which name.
const WRITTEN: [&str; 4] = ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"];

/// Whether nginx makes a value by itself. `$host` is one of its server names: other ones end at the catch-all.
fn is_own(value: &str) -> bool {
    !value.contains("$http_") && !value.contains("$proxy_add_x_forwarded_for")
}

pub(super) static PROXY_BODY_LIMIT_TOO_SMALL: Proof = Proof {
    name: "proxy-body-limit-too-small",
    summary: "nginx takes payloads of every size that the webapp takes, objects likewise, and image layers of any size.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let hosts = hosts(stack);
        let sizes = [env::TASK_PAYLOAD_MAXIMUM_SIZE, env::BATCH_TASK_PAYLOAD_MAXIMUM_SIZE];
        let webapps = stack.of_role(Role::Webapp);
        let largest = webapps
            .flat_map(|it| sizes.into_iter().filter_map(|name| it.get(name)?.parse::<u64>().ok()))
            .max()
            .unwrap_or(LARGEST_BY_DEFAULT);
        for vhost in vhosts(stack) {
            let part = vhost.part(&hosts);
            let (at, needed) = match part {
                Some(Part::Webapp) => ("/api/", largest),
                Some(Part::ObjectStore) => ("/packets/", largest),
                Some(Part::Registry) => ("/v2/", u64::MAX),
                None => continue,
            };
            // A prefix, or the same as a regular expression.
            let is_it = |words: &[String]| {
                words.last().is_some_and(|it| it.strip_prefix('^').unwrap_or(it) == at)
            };
            for (location, _) in vhost.forwarding().filter(|(it, _)| is_it(&it.words)) {
                let own = included(stack, &location.block, "client_max_body_size");
                let limit = own.last().and_then(|it| size(it.first())).unwrap_or(1024 * 1024);
                if limit < needed {
                    report.fault(
                        vhost.spot(location),
                        format!(
                            "`location {at}` takes less than {} does",
                            part.map_or("it", Part::name)
                        ),
                        match needed {
                            u64::MAX => "write `client_max_body_size 0;`".into(),
                            _ => format!(
                                "write `client_max_body_size {}m;`",
                                needed.div_ceil(1024 * 1024)
                            ),
                        },
                    );
                }
            }
        }
    },
};

/// What the webapp takes where nothing says otherwise.
const LARGEST_BY_DEFAULT: u64 = 3 * 1024 * 1024;

/// A size of nginx in bytes; `0` is none at all.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1024,
        "m" => 1024 * 1024,
        "g" => 1024 * 1024 * 1024,
        _ => return None,
    };
    match digits.parse::<u64>().ok()? {
        0 => Some(u64::MAX),
        count => count.checked_mul(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_nginx_reads_them() {
        assert_eq!(size("16m"), Some(16 * 1024 * 1024));
        assert_eq!(size("64K"), Some(64 * 1024));
        assert_eq!(size("512"), Some(512));
        assert_eq!(size("0"), Some(u64::MAX));
        assert_eq!((size("m"), size("1mm"), size("-1")), (None, None, None));
    }

    #[test]
    fn what_a_client_sends_is_not_nginx_s_own() {
        assert!(is_own("$host") && is_own("$remote_addr") && is_own("https"));
        assert!(!is_own("$http_x_forwarded_host") && !is_own("$proxy_add_x_forwarded_for"));
    }
}
