//! ClickHouse as the webapp finds it.

use super::stack::{Role, Service, Stack, Url, tag};
use super::{Blame, Proof, Report};
use crate::release::{ServerVersion, env};

/// Whether a variable holds the URL of a ClickHouse server.
fn is_url(name: &str) -> bool {
    name == env::CLICKHOUSE_URL
        || name.ends_with("_CLICKHOUSE_URL")
        || name == env::CLICKHOUSE_READER_URL
}

/// Every such URL of every webapp.
fn urls<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'s str, &'s str)> {
    stack.of_role(Role::Webapp).flat_map(|it| {
        let names = it.environment.keys().map(String::as_str).filter(|name| is_url(name));
        names.filter_map(move |name| Some((it, name, it.get(name)?)))
    })
}

pub(super) static CLICKHOUSE_LOGIN_MISMATCH: Proof = Proof {
    name: "clickhouse-login-mismatch",
    summary: "User, password and port of every ClickHouse URL are those of the ClickHouse service.",
    blame: Blame::Compiler,
    check: login,
};

fn login(stack: &Stack<'_>, report: &mut Report<'_>) {
    for (service, name, value) in urls(stack).filter(|(_, _, value)| !value.is_empty()) {
        let help = "make both say the same, the password percent-encoded in the URL";
        let Some(url) = Url::parse(value) else {
            let message = format!("`{name}` of `{}` is not a URL", service.name);
            report.fault(stack.source(service, name), message, help);
            continue;
        };
        let Some(server) = stack.server_of(service, &url).filter(|it| it.role == Role::Clickhouse)
        else {
            continue;
        };
        let user = server.get(env::CLICKHOUSE_USER).unwrap_or("default");
        let password = server.get(env::CLICKHOUSE_PASSWORD);
        let parts = [
            ("user", url.user.as_deref().unwrap_or("default") == user),
            ("password", password.is_none() || url.password.as_deref() == password),
            ("port", matches!(url.port, Some(8123 | 8443))),
        ];
        // Bitnami's image has other names for both, which say nothing here.
        let bitnami = server.environment.keys().any(|it| it.starts_with("CLICKHOUSE_ADMIN_"));
        for (part, _) in parts.iter().filter(|(part, same)| !same && (!bitnami || *part == "port"))
        {
            report.fault(
                stack.source(service, name),
                format!("the {part} of `{name}` is not that of `{}`", server.name),
                help,
            );
        }
    }
}

pub(super) static CLICKHOUSE_URL_PARAMETER: Proof = Proof {
    name: "clickhouse-url-parameter",
    summary: "`CLICKHOUSE_URL` says `secure=false` if and only if it is plain HTTP; no other ClickHouse URL says `secure`.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (service, name, value) in urls(stack) {
            let Some(url) = Url::parse(value) else { continue };
            let secure = url.parameter("secure");
            let plain = url.scheme == "http";
            let (fine, help) = match (name == env::CLICKHOUSE_URL, plain) {
                (true, true) => (
                    secure == Some("false"),
                    "end it with `?secure=false`: the migrations would speak TLS otherwise",
                ),
                (true, false) => (secure.is_none(), "leave `secure` out: `https` says it"),
                (false, _) => (
                    secure.is_none(),
                    "leave `secure` out: some releases crash on it, and no other reader needs it",
                ),
            };
            if !fine {
                let message =
                    format!("`{name}` has the wrong `secure` for its scheme and its reader");
                report.fault(stack.source(service, name), message, help);
            }
        }
        fallbacks(stack, report);
    },
};

/// What falls back to `CLICKHOUSE_URL` gets its parameter, on which releases crash that do not take it off.
fn fallbacks(stack: &Stack<'_>, report: &mut Report<'_>) {
    let Some(release) = stack.release.filter(|it| !it.strips_secure_from_query) else { return };
    for webapp in stack.of_role(Role::Webapp) {
        let name = env::QUERY_CLICKHOUSE_URL;
        let has_parameter = webapp
            .get(env::CLICKHOUSE_URL)
            .and_then(Url::parse)
            .is_some_and(|it| it.parameter("secure").is_some());
        if has_parameter && !webapp.environment.contains_key(name) {
            report.fault(
                stack.spot(webapp, "environment"),
                format!(
                    "{} crashes on `secure` in the URL that `{name}` falls back to",
                    release.version
                ),
                format!("set `{name}` to the same URL without the parameter"),
            );
        }
    }
}

pub(super) static UNMIGRATED_CLICKHOUSE: Proof = Proof {
    name: "unmigrated-clickhouse",
    summary: "The webapp brings the tables of ClickHouse up to date at its start.",
    blame: Blame::Input,
    check: |stack, report| {
        let name = env::SKIP_CLICKHOUSE_MIGRATIONS;
        for webapp in stack.of_role(Role::Webapp) {
            if webapp.get(name) == Some("1") {
                report.fault(
                    stack.source(webapp, name),
                    format!("`{}` skips the migrations, so an upgrade meets the tables of the old release", webapp.name),
                    format!("leave `{name}` out: the entrypoint runs what is missing"),
                );
            }
        }
    },
};

pub(super) static OUTDATED_CLICKHOUSE: Proof = Proof {
    name: "outdated-clickhouse",
    summary: "The ClickHouse image is new enough for the release, as far as its tag says.",
    blame: Blame::Input,
    check: |stack, report| {
        let Some(floor) = stack.release.and_then(|it| it.clickhouse_floor) else { return };
        for server in stack.of_role(Role::Clickhouse) {
            let version = server.image.value.as_deref().and_then(tag).and_then(version);
            if version.is_some_and(|it| it < floor) {
                report.fault(
                    stack.spot(server, "image"),
                    format!("`{}` is older than {floor}, so every insert fails and the run list stays empty", server.name),
                    format!("use {floor} or newer"),
                );
            }
        }
    },
};

/// `25.8` of a tag such as `25.8.3.66-alpine`.
fn version(tag: &str) -> Option<ServerVersion> {
    let mut numbers = tag.split(['.', '-']);
    Some(ServerVersion(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
