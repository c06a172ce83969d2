//! Jobs that start by the clock.

use super::Object;
use super::namespaces::lets_in;
use crate::proof::{Blame, Proof};
use serde_json::Value;

/// The variable by which a job is told of the store that it speaks to.
const STORE: &str = "STORE";

pub(in crate::proof) static LOCKED_OUT_JOB: Proof = Proof {
    name: "locked-out-job",
    summary: "Every CronJob of the tree for Flux is let in by the NetworkPolicy of the store that it saves.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for job in stack.of_kind("CronJob") {
            let Some(template) = job.document.pointer("/spec/jobTemplate/spec/template") else {
                continue;
            };
            for store in stores(template) {
                let of_store = stack.of_kind("NetworkPolicy").filter(|it| is_of(it, store));
                let pods = (stack.namespace_of(job), &template["metadata"]["labels"]);
                for policy in of_store.filter(|it| !lets_in(stack, it, pods, None)) {
                    let message =
                        format!("`{}` does not let the pods of `{}` in", policy.name, job.name);
                    let help = "add a rule with the labels of its pods";
                    report.fault(policy.spot(stack, &["spec", "ingress"]), message, help);
                }
            }
        }
    },
};

/// The services that the steps of a job are told of.
fn stores(template: &Value) -> Vec<&str> {
    let lists = ["/spec/initContainers", "/spec/containers"];
    let steps = lists.into_iter().filter_map(|it| template.pointer(it)?.as_array()).flatten();
    let variables = steps.filter_map(|it| it["env"].as_array()).flatten();
    let named = variables.filter(|it| it["name"] == STORE).filter_map(|it| it["value"].as_str());
    named
        .map(|it| it.rsplit("://").next().unwrap_or(it))
        .filter_map(|it| it.split(':').next())
        .collect()
}

/// Whether a policy is about the pods of a service.
pub(super) fn is_of(policy: &Object, service: &str) -> bool {
    let release =
        policy.document.pointer("/spec/podSelector/matchLabels/app.kubernetes.io~1instance");
    let release = release.and_then(Value::as_str);
    release.is_some_and(|it| service == it || service.strip_suffix("-master") == Some(it))
}
