//! What the webapp and the supervisor are told, release by release.

mod access;
mod limits;
mod storage;
mod supervisor;

use super::setting::{Group, Pieces, Setting};
use crate::release::{Reader, env, lookup};
use crate::site::{ExtraValue, Site, generated};
use crate::value::{ByteSize, EnvName};
use std::collections::BTreeMap;

pub(super) use storage::{
    BUCKET, BUNDLED_ACCESS_KEY_ID, BUNDLED_REGION, POSTGRES_DATABASE, POSTGRES_USER, S2_BASIN,
    database_url, in_url,
};
pub(super) use supervisor::{REMOTE_TOKEN, local as supervisor, remote as remote_supervisor};

/// Where the webapp writes the worker token, in the volume that it shares with the supervisor.
pub(super) const SHARED_FOLDER: &str = "/home/node/shared";

/// The variables of the webapp, in the order of `.env`.
pub(super) fn webapp(site: &Site) -> Vec<Setting> {
    let inside = (!site.is_split()).then(|| WEBAPP_IN_STACK.to_owned());
    let mut settings = origins(site, inside);
    settings.extend(application());
    settings.extend(storage::settings(site));
    settings.extend(access::settings(site));
    settings.extend(limits::settings(site));
    settings.extend(worker_token());
    settings.extend(fixed(site, site.docker().sizes.webapp));
    settings.extend(extra(&site.extra.webapp, ""));
    settings.retain(|it| reads(site, &it.name));
    settings
}

/// The variables of a webapp in a cluster, but for those by which it finds stores that are not the author's own:
/// the chart writes them. `inside` is how the cluster reaches it.
pub(super) fn webapp_in_cluster(site: &Site, inside: String) -> Vec<Setting> {
    let mut settings = origins(site, Some(inside));
    settings.extend(storage::in_cluster(site));
    settings.extend(access::settings(site));
    settings.extend(limits::settings(site));
    settings.extend(fixed(site, site.cluster().resources.webapp.memory));
    settings.extend(extra(&site.extra.webapp, ""));
    settings.retain(|it| reads(site, &it.name));
    settings
}

/// What the author adds to the supervisor.
pub(super) fn supervisor_extra(site: &Site) -> Vec<Setting> {
    extra(&site.extra.supervisor, "SUPERVISOR_")
}

/// Whether the webapp of this release reads a name: nothing else is ever written for it.
fn reads(site: &Site, name: &str) -> bool {
    site.release.reads(Reader::Webapp, name)
        || crate::release::family(Reader::Webapp, name).is_some()
}

fn origins(site: &Site, inside: Option<String>) -> Vec<Setting> {
    let (origin, api) = (site.origin().to_string(), site.api_origin().to_string());
    let dev = |exposed: bool| if exposed { &api } else { &origin };
    let expose = &site.network.expose;
    let mut settings = vec![
        Setting::kept(Group::Origins, env::APP_ORIGIN, "the dashboard", origin.clone()),
        Setting::kept(
            Group::Origins,
            env::LOGIN_ORIGIN,
            "where sign-in happens; always the dashboard's",
            origin.clone(),
        ),
        Setting::kept(
            Group::Origins,
            env::API_ORIGIN,
            "what the CLI, your applications and remote workers call",
            api.clone(),
        ),
        Setting::wired(env::DEV_OTEL_EXPORTER_OTLP_ENDPOINT, format!("{}/otel", dev(expose.otel))),
    ];
    if site.has_two_hosts() {
        settings.push(Setting::wired(env::STREAM_ORIGIN, api.as_str()));
        settings.push(Setting::wired(env::DEV_ENGINE_URL, dev(expose.engine).as_str()));
    }
    if expose.webhooks {
        settings.push(Setting::wired(env::WEBHOOK_ENABLED, "1"));
        settings.push(Setting::wired(env::WEBHOOK_INGRESS_ORIGIN, api.as_str()));
    }
    if let Some(inside) = inside {
        // Runs beside the webapp need not go round by its public name to call it.
        settings.push(Setting::wired(env::INTERNAL_API_ORIGIN, inside));
        settings.push(Setting::wired(env::INTERNAL_API_ORIGIN_ENABLED, "1"));
    }
    settings
}

/// How containers of the stack reach the webapp.
const WEBAPP_IN_STACK: &str = "http://webapp:3000";

fn application() -> Vec<Setting> {
    let secret = |name: &str, about| {
        Setting::kept(Group::Application, name, about, Pieces::secret(&generated(name)))
    };
    vec![
        secret(env::SESSION_SECRET, "signs sessions"),
        secret(env::MAGIC_LINK_SECRET, "signs magic links"),
        secret(
            env::ENCRYPTION_KEY,
            "encrypts what users store; exactly 32 bytes, and never changed",
        ),
        secret(env::MANAGED_WORKER_SECRET, "shared by webapp and supervisors"),
    ]
}

/// The webapp makes the worker token and hands it over through a file.
fn worker_token() -> Vec<Setting> {
    vec![
        Setting::wired(env::TRIGGER_BOOTSTRAP_ENABLED, "1"),
        Setting::wired(env::TRIGGER_BOOTSTRAP_WORKER_GROUP_NAME, "bootstrap"),
        Setting::wired(
            env::TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH,
            format!("{SHARED_FOLDER}/worker_token"),
        ),
    ]
}

fn fixed(site: &Site, memory: ByteSize) -> Vec<Setting> {
    let mut settings = vec![
        Setting::wired(env::TRIGGER_CLI_TAG, site.release.version.to_string()),
        Setting::wired(env::INTERNAL_OTEL_TRACE_LOGGING_ENABLED, "0"),
        Setting::kept(
            Group::Memory,
            env::NODE_MAX_OLD_SPACE_SIZE,
            "MiB of heap for the webapp: four fifths of its container's limit",
            (memory.in_mib() * 4 / 5).to_string(),
        ),
    ];
    if !site.access.telemetry {
        settings.push(Setting::wired(env::TRIGGER_TELEMETRY_DISABLED, "1"));
    }
    settings
}

/// What the author adds. Plain values stand in the compose file, secrets in `.env`.
fn extra(variables: &BTreeMap<EnvName, ExtraValue>, prefix: &str) -> Vec<Setting> {
    let setting = |(name, value): (&EnvName, &ExtraValue)| match value {
        ExtraValue::Plain(text) => Setting::wired(name.as_str(), text.as_str()),
        ExtraValue::Secret(secret) => {
            let key = format!("{prefix}{name}");
            Setting::kept_as(
                Group::Further,
                name.as_str(),
                &key,
                "from `env` of the site file",
                Pieces::secret(secret),
            )
        }
    };
    variables.iter().map(setting).collect()
}

/// A flag in the spelling that the release compares it with.
fn flag(site: &Site, name: &str, value: bool) -> &'static str {
    lookup(Reader::Webapp, name)
        .and_then(|it| it.at(site.release.version))
        .and_then(|span| span.literal(value))
        .unwrap_or(if value { "true" } else { "false" })
}
