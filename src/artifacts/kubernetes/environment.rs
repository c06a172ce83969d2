//! Variables of webapp and supervisor: by a value of the chart where it has one, else beside those that it writes.

use super::{Cluster, marked, pooler};
use crate::artifacts::environment;
use crate::artifacts::setting::{Pieces, Setting, Value as Kept};
use crate::release::chart::{Form, written};
use crate::release::{Reader, env};
use crate::site::owner;
use serde_json::{Value, json};

/// The variables of one of the two, sorted by how they are said.
pub(super) struct Variables {
    /// Values of the chart by their path.
    pub(super) values: Vec<(&'static str, Value)>,
    /// The list `extraEnvVars`.
    pub(super) extra: Vec<Value>,
    /// What of it is secret, by key.
    pub(super) secret: Vec<(String, Pieces)>,
}

pub(super) fn webapp(cluster: &Cluster<'_>) -> Variables {
    let service = format!("{}-webapp", cluster.site.chart_fullname());
    let inside = format!("http://{}:3030", cluster.host(&service));
    let settings = environment::webapp_in_cluster(cluster.site, inside);
    let mut found = sorted(cluster, Reader::Webapp, settings);
    found.extra.extend(pooler::around(cluster));
    found
}

pub(super) fn supervisor(cluster: &Cluster<'_>) -> Variables {
    let mut found =
        sorted(cluster, Reader::Supervisor, environment::supervisor_extra(cluster.site));
    if cluster.pull_login().is_some() {
        let secret = cluster.pull_secret_name();
        let pull = json!({ "name": env::KUBERNETES_IMAGE_PULL_SECRETS, "value": secret });
        found.extra.insert(0, pull);
    }
    found
}

fn sorted(cluster: &Cluster<'_>, reader: Reader, settings: Vec<Setting>) -> Variables {
    let mut found = Variables { values: Vec::new(), extra: Vec::new(), secret: Vec::new() };
    for Setting { name, value } in settings {
        let (key, pieces) = match value {
            Kept::Wired(text) => {
                let text = text.plain().expect("bug in trigger-gen: a cluster has no `.env`");
                (name.clone(), Pieces::from(text))
            }
            Kept::Kept(kept) => (kept.key, kept.pieces),
        };
        let ours =
            owner(reader, &name).is_some_and(|it| it == "domain" || it.starts_with("network"));
        let plain = pieces.plain().map(|it| if ours { marked::of_narrow(&it) } else { it });
        let plain = plain.map(|it| marked::for_kubelet(&it));
        match (written(reader, &name), plain) {
            (Some(it), plain) => {
                let value = it.path.zip(plain);
                found.values.extend(value.map(|((path, form), text)| (path, in_form(form, text))));
            }
            (None, Some(text)) => {
                found.extra.push(json!({ "name": name, "value": text }));
            }
            (None, None) => {
                let from = json!({ "name": cluster.name("env"), "key": key });
                found.extra.push(json!({ "name": name, "valueFrom": { "secretKeyRef": from } }));
                found.secret.push((key, pieces));
            }
        }
    }
    found
}

/// What is no number or truth value was refused before.
fn in_form(form: Form, text: String) -> Value {
    match form {
        Form::Text => json!(text),
        Form::Whole => text.parse::<u64>().map_or(json!(text), |it| json!(it)),
        Form::Flag => json!(matches!(text.as_str(), "1" | "true")),
    }
}
