//! Namespaces: which object goes where, and what one of them lets in from another.

use super::jobs::is_of;
use super::layers::folder;
use super::references::full_name;
use super::{Object, selects};
use crate::proof::stack::Stack;
use crate::proof::{Blame, Proof, Report};
use crate::release::chart::{Called, S2, SUPERVISOR, s2_service};
use crate::release::env;
use serde_json::{Value, json};

/// The label that every namespace has of itself.
const NAME: &str = "kubernetes.io/metadata.name";

/// Where the value stands by which the chart is told where runs live.
const RUNS: [&str; 6] = ["spec", "values", "supervisor", "config", "kubernetes", "namespace"];

/// Where the addresses stand that the webapp passes on to runs.
const ADDRESSES: [&[&str]; 2] = [
    &["spec", "values", "s3", "external", "endpoint"],
    &["spec", "values", "s2", "external", "endpoint"],
];
const VARIABLES: &[&str] = &["spec", "values", "webapp", "extraEnvVars"];

/// What runs call of the chart's own.
const CALLED: [Called; 2] = [SUPERVISOR, S2];

impl Stack<'_> {
    /// The namespace of an object: that of its layer, as far as it has one.
    pub(super) fn namespace_of(&self, it: &Object) -> Option<&str> {
        let of_layer = |layer: &&Object| folder(self, layer) == Some(&it.layer);
        self.layers().find(of_layer)?.text("/spec/targetNamespace")
    }

    /// The namespace of runs, where the chart is told of one, with its release.
    fn told_of_runs(&self) -> Option<(&Object, &str)> {
        let (release, _) = self.chart()?;
        let namespace = release.text(&format!("/{}", RUNS.join("/")))?;
        (!namespace.is_empty()).then_some((release, namespace))
    }

    /// The namespace of runs.
    pub(super) fn namespace_of_runs(&self) -> Option<&str> {
        let told = self.told_of_runs().map(|(_, namespace)| namespace);
        told.or_else(|| self.namespace_of(self.chart()?.0))
    }

    /// Whether runs have a namespace of their own.
    pub(super) fn has_runs_apart(&self) -> bool {
        let site = self.chart().and_then(|(release, _)| self.namespace_of(release));
        self.told_of_runs().is_some_and(|(_, namespace)| site != Some(namespace))
    }
}

/// Whether a policy lets pods with some labels in, from the namespace in which they are; to a port, if one is meant.
pub(super) fn lets_in(
    stack: &Stack<'_>,
    policy: &Object,
    (namespace, labels): (Option<&str>, &Value),
    port: Option<u64>,
) -> bool {
    let is_own = stack.namespace_of(policy) == namespace;
    let among = |peer: &Value| {
        let of_namespace = match peer.get("namespaceSelector") {
            Some(selector) => selects(selector, &json!({ NAME: namespace })),
            None => is_own && peer.get("podSelector").is_some(),
        };
        of_namespace && peer.get("podSelector").is_none_or(|it| selects(it, labels))
    };
    let rules = policy.document.pointer("/spec/ingress").and_then(Value::as_array);
    // A rule that names nobody is for everybody.
    rules.into_iter().flatten().filter(|it| opens(it, port)).any(|rule| {
        rule["from"].as_array().is_none_or(|peers| peers.is_empty() || peers.iter().any(among))
    })
}

/// Whether a rule is about a port, as far as it says so by number; one without ports is about all.
fn opens(rule: &Value, port: Option<u64>) -> bool {
    let Some(port) = port else { return true };
    let among = |it: &Value| {
        let first = it["port"].as_u64();
        first.is_none_or(|first| (first..=it["endPort"].as_u64().unwrap_or(first)).contains(&port))
    };
    rule["ports"].as_array().is_none_or(|it| it.is_empty() || it.iter().any(among))
}

pub(in crate::proof) static MISSING_NAMESPACE: Proof = Proof {
    name: "missing-namespace",
    summary: "Every namespace that a layer or the pods of runs go to is made by the tree for Flux, unless it is `default`.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let is_made =
            |name: &str| name == "default" || stack.of_kind("Namespace").any(|it| it.name == name);
        let mut missing = |it: &Object, who: &str, name: &str, route: &[&str]| {
            if !is_made(name) {
                let message = format!("{who} goes to the namespace `{name}`, which nothing makes");
                let help = "correct the name, or add the Namespace beside kustomization.yaml";
                report.fault(it.spot(stack, route), message, help);
            }
        };
        for it in stack.layers() {
            if let Some(name) = it.text("/spec/targetNamespace") {
                missing(it, &format!("`{}`", it.name), name, &["spec", "targetNamespace"]);
            }
        }
        if let Some((release, name)) = stack.told_of_runs() {
            missing(release, "every run", name, &RUNS);
        }
    },
};

pub(in crate::proof) static CUT_OFF_RUNS: Proof = Proof {
    name: "cut-off-runs",
    summary: "The policies of supervisor, s2 and object store let runs in, and those in a namespace of their own are told of what they call by names that \
              hold in every namespace.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let Some(namespace) = stack.namespace_of_runs() else { return };
        for called in CALLED {
            of_chart(stack, report, release, &called);
        }
        for (route, url) in told(release) {
            let host = url.rsplit("://").next().unwrap_or(url).split([':', '/']).next();
            let host = host.unwrap_or(url);
            if stack.has_runs_apart() && !host.contains(['.', '[']) {
                let message =
                    format!("runs in `{namespace}` find no `{host}`: it names no namespace");
                let help = format!("write `{host}.NAMESPACE.svc.cluster.local`");
                report.fault(release.spot(stack, route), message, help);
            }
            if let Some(service) = service(host) {
                closed(stack, report, |it| is_of(it, service), None);
            }
        }
        if stack.has_runs_apart() {
            s2(stack, report, release, namespace);
        }
    },
};

/// The service of a name that holds in the cluster alone.
fn service(host: &str) -> Option<&str> {
    match host.split_once('.') {
        Some((name, rest)) => rest.ends_with("svc.cluster.local").then_some(name),
        None => Some(host),
    }
}

/// That of the chart is told by a name without a namespace, which a Service has to lead on.
fn s2(stack: &Stack<'_>, report: &mut Report<'_>, release: &Object, namespace: &str) {
    let is_there = release.document.pointer("/spec/values/s2/deploy") == Some(&Value::Bool(true));
    let name = s2_service(&full_name(release));
    let site = stack.namespace_of(release).unwrap_or_default();
    let whole = format!("{name}.{site}.svc.cluster.local");
    let leads = |it: &Object| {
        it.name == name
            && stack.namespace_of(it) == Some(namespace)
            && it.text("/spec/externalName") == Some(&whole)
    };
    if is_there && !stack.of_kind("Service").any(leads) {
        let message =
            format!("runs in `{namespace}` find no `{name}`, by which the chart tells of s2");
        let help = format!("add a Service `{name}` there, of the type ExternalName, for `{whole}`");
        report.fault(release.spot(stack, &["spec", "values", "s2", "deploy"]), message, help);
    }
}

/// The policies of a component of the chart that keep runs out.
fn of_chart(stack: &Stack<'_>, report: &mut Report<'_>, release: &Object, called: &Called) {
    let set = release.document.pointer(&format!("/spec/values{}", called.route));
    let port = set.and_then(Value::as_u64).unwrap_or(called.port.into());
    let component = "/spec/podSelector/matchLabels/app.kubernetes.io~1component";
    closed(stack, report, |it| it.text(component) == Some(called.component), Some(port));
}

/// The policies, of those that are meant, that keep runs out.
fn closed(
    stack: &Stack<'_>,
    report: &mut Report<'_>,
    is_meant: impl Fn(&Object) -> bool,
    port: Option<u64>,
) {
    let Some(namespace) = stack.namespace_of_runs() else { return };
    // Their labels are not ours to know.
    let runs = (Some(namespace), &json!({}));
    let meant = stack.of_kind("NetworkPolicy").filter(|it| is_meant(it));
    for policy in meant.filter(|it| !lets_in(stack, it, runs, port)) {
        let message = format!("`{}` does not let runs in `{namespace}` in", policy.name);
        let help = format!("add a rule with a namespaceSelector: `{NAME}: {namespace}`");
        report.fault(policy.spot(stack, &["spec", "ingress"]), message, help);
    }
}

/// The addresses that runs get, with where each stands.
fn told(release: &Object) -> Vec<(&'static [&'static str], &str)> {
    let value = |route: &'static [&'static str]| {
        Some((route, release.text(&format!("/{}", route.join("/")))?))
    };
    let variables = release.document.pointer(&format!("/{}", VARIABLES.join("/")));
    let variables = variables.and_then(Value::as_array).into_iter().flatten();
    let origins = variables.filter(|it| it["name"] == env::INTERNAL_API_ORIGIN);
    let origins = origins.filter_map(|it| Some((VARIABLES, it["value"].as_str()?)));
    ADDRESSES.into_iter().filter_map(value).chain(origins).collect()
}
