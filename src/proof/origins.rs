//! The public addresses of the webapp.

use super::stack::{Role, Url, is_loopback, is_service_name};
use super::{Blame, Proof};
use crate::release::env;

/// What browsers, the CLI and applications are told.
const ORIGINS: [&str; 4] =
    [env::APP_ORIGIN, env::LOGIN_ORIGIN, env::API_ORIGIN, env::STREAM_ORIGIN];

pub(super) static BAD_ORIGIN: Proof = Proof {
    name: "bad-origin",
    summary: "Every public origin is https, with a host that the world knows, and without a path.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for webapp in stack.of_role(Role::Webapp) {
            for name in ORIGINS {
                let Some(value) = webapp.get(name).filter(|it| !it.is_empty()) else { continue };
                let reason = match Url::parse(value) {
                    None => "is not an origin",
                    // Work on the server itself needs no TLS.
                    Some(it) if is_loopback(&it.host) && it.path.is_empty() => continue,
                    Some(it) if it.scheme != "https" => {
                        "is not https, so no session survives the login"
                    }
                    Some(it) if value != it.origin() => "carries more than scheme and host",
                    Some(it) if is_service_name(&it.host) => "is a name that only containers know",
                    Some(_) => continue,
                };
                report.fault(
                    stack.source(webapp, name),
                    format!("`{name}` {reason}"),
                    "write scheme and host alone, without a slash at the end: `https://trigger.example.com`",
                );
            }
        }
    },
};

pub(super) static DIFFERING_ORIGINS: Proof = Proof {
    name: "differing-origins",
    summary: "Sign-in is at the dashboard's origin; the API's is the same, or the one that streams and remote workers are told too; telemetry and `trigger dev` go to one of the two.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for webapp in stack.of_role(Role::Webapp) {
            // What is more than an origin is said by the proof above.
            let origin = |name: &str| webapp.get(name).and_then(Url::parse).map(|it| it.origin());
            let Some(app) = origin(env::APP_ORIGIN) else { continue };
            let otel = origin(env::DEV_OTEL_EXPORTER_OTLP_ENDPOINT);
            let stream = origin(env::STREAM_ORIGIN);
            let api = origin(env::API_ORIGIN).unwrap_or_else(|| app.clone());
            let mut say = |name: &str, fine: bool, help: &str| {
                if !fine {
                    let message = format!("`{name}` does not agree with the other origins");
                    report.fault(stack.source(webapp, name), message, help);
                }
            };
            let login = origin(env::LOGIN_ORIGIN).is_none_or(|it| it == app);
            say(
                env::LOGIN_ORIGIN,
                login,
                "write the value of `APP_ORIGIN`: a form from another host is refused",
            );
            // One name alone could be a slip: a second host is named for streams too, or for telemetry.
            let same = api == app || [&otel, &stream].into_iter().flatten().any(|it| *it == api);
            say(
                env::API_ORIGIN,
                same,
                "write the value of `APP_ORIGIN`, or name the second host everywhere",
            );
            let streams = stream.is_none_or(|it| it == api);
            say(
                env::STREAM_ORIGIN,
                streams,
                "write the value of `API_ORIGIN`, or leave it out: then it is that",
            );
            let dev = origin(env::DEV_ENGINE_URL).is_none_or(|it| it == app || it == api);
            say(
                env::DEV_ENGINE_URL,
                dev,
                "write the value of `API_ORIGIN` where `trigger dev` comes from outside, else that of `APP_ORIGIN`",
            );
            let told = otel.as_ref().is_none_or(|it| *it == app || *it == api);
            say(
                env::DEV_OTEL_EXPORTER_OTLP_ENDPOINT,
                told,
                "write the value of `API_ORIGIN`, then `/otel`",
            );
            for supervisor in stack.of_role(Role::Supervisor) {
                let name = env::TRIGGER_API_URL;
                let Some(url) = supervisor.get(name).and_then(Url::parse) else { continue };
                let outside = !is_service_name(&url.host) && !is_loopback(&url.host);
                if outside && url.origin() != api && url.origin() != app {
                    report.fault(
                        stack.source(supervisor, name),
                        format!("`{name}` of `{}` is not the origin of the API", supervisor.name),
                        "write the value of `API_ORIGIN`",
                    );
                }
            }
        }
    },
};
