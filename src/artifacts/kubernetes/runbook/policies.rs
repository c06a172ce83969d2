//! The table of the runbook that says whom each policy lets in, read from the policies themselves.

use super::super::{Cluster, Part, gitops};
use serde_json::{Map, Value, json};

/// A row for each rule of each policy, in the order of the layers.
pub(super) fn rows(cluster: &Cluster<'_>) -> Vec<Value> {
    let parts = gitops::layers(cluster).iter().flat_map(|layer| &layer.parts);
    let policies = parts.filter_map(|part| match part {
        Part::Object { document, .. } if document["kind"] == "NetworkPolicy" => Some(document),
        _ => None,
    });
    policies.flat_map(|it| of_policy(cluster, it)).collect()
}

fn of_policy(cluster: &Cluster<'_>, policy: &Value) -> Vec<Value> {
    let name = &policy["metadata"]["name"];
    let row = |who: String, ports: String| json!({ "name": name, "who": who, "ports": ports });
    match policy["spec"]["ingress"].as_array() {
        None => vec![row("nobody".into(), String::new())],
        Some(rules) => rules.iter().map(|rule| row(who(cluster, rule), ports(rule))).collect(),
    }
}

fn who(cluster: &Cluster<'_>, rule: &Value) -> String {
    let Some(peers) = rule["from"].as_array() else { return "everybody".into() };
    peers.iter().map(|it| peer(cluster, it)).collect::<Vec<_>>().join(", ")
}

fn peer(cluster: &Cluster<'_>, peer: &Value) -> String {
    let labels = |selector: &str| peer[selector]["matchLabels"].as_object();
    match (peer.get("namespaceSelector"), labels("namespaceSelector"), labels("podSelector")) {
        (Some(_), Some(names), _) => format!("every pod of `{}`", narrowest(names)),
        (Some(_), None, _) => "every pod of the cluster".into(),
        (None, _, Some(names)) => format!("pods of `{}`", narrowest(names)),
        (None, _, None) => format!("every pod of `{}`", cluster.it.namespace),
    }
}

/// What the last label says, which is the one that tells a thing from its neighbours.
fn narrowest(labels: &Map<String, Value>) -> &str {
    labels.values().next_back().and_then(Value::as_str).unwrap_or_default()
}

fn ports(rule: &Value) -> String {
    let all = rule["ports"].as_array().into_iter().flatten();
    all.map(|it| it["port"].to_string()).collect::<Vec<_>>().join(", ")
}
