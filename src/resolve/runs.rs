//! `kubernetes.runs`: where the pods of runs live, and what they must still find from there.

use super::Cx;
use crate::diag::{Diagnostic, Place};
use crate::release::RELEASES;
use crate::release::chart::WHOLE_NAMES;
use crate::site::{Ingress, Kubernetes, ObjectStore, Runs, Site};
use crate::spec::{self, SiteSpec};
use crate::value::{Namespace, Scalar};

const KEY: &str = "kubernetes.runs.namespace";

/// With the site, unless the author says otherwise.
pub(super) fn resolve(written: Option<&spec::Runs>, site: &Namespace) -> Runs {
    let own = written.and_then(|it| it.namespace.clone());
    Runs { namespace: own.unwrap_or_else(|| site.clone()) }
}

/// What a namespace of runs must not be, and what could not be done from it.
pub(super) fn refuse(spec: &SiteSpec, site: &Site, cx: &mut Cx<'_>) {
    let written = spec.kubernetes.as_ref().and_then(|it| it.runs.as_ref()?.namespace.as_ref());
    let (Some(_), Some(cluster)) = (written, &site.kubernetes) else { return };
    if !cluster.has_runs_apart() {
        let message =
            format!("runs are in `{}` without it: that is where the site is", cluster.namespace);
        let refusal = Diagnostic::error("key-without-effect", Place::Value(KEY.into()), message)
            .help("write a namespace that is theirs alone, or remove it");
        return cx.sink.push(with_other(refusal, cluster));
    }
    refuse_shared(cluster, cx);
    refuse_chart(cluster, cx);
    refuse_short_name(site, cluster, cx);
}

/// Adds a name that is free.
fn with_other(refusal: Diagnostic, cluster: &Kubernetes) -> Diagnostic {
    let other = format!("{}-runs", cluster.namespace);
    match Namespace::from_text(&other) {
        Ok(_) => refusal.instead(other),
        Err(_) => refusal,
    }
}

/// Whoever may delete every pod of a namespace, and closes all of them, must be alone there.
fn refuse_shared(cluster: &Kubernetes, cx: &mut Cx<'_>) {
    let Some(who) = already_there(cluster) else { return };
    let message = format!("`{}` is no namespace of the runs alone: {who}", cluster.runs.namespace);
    let refusal = Diagnostic::error("bad-value", Place::Value(KEY.into()), message)
        .help("write a namespace that is theirs alone: the supervisor may delete every pod of it");
    cx.sink.push(with_other(refusal, cluster));
}

/// Who is in the namespace that runs are to have.
fn already_there(cluster: &Kubernetes) -> Option<&'static str> {
    let namespace = &cluster.runs.namespace;
    let operator = cluster.postgres.as_ref().map(|it| &it.operator_namespace);
    let gateway = match &cluster.ingress {
        Ingress::Gateway { namespace, .. } => Some(namespace),
        Ingress::Traefik { .. } => None,
    };
    match namespace.as_str() {
        "default" => Some("whatever names none is in it"),
        it if it.starts_with("kube-") => Some("such names are kept for Kubernetes itself"),
        _ if *namespace == cluster.gitops.flux_namespace => Some("Flux is in it"),
        _ if operator == Some(namespace) => Some("the operator of PostgreSQL is in it"),
        _ if gateway == Some(namespace) => Some("the Gateway is in it"),
        _ => None,
    }
}

/// The supervisor passes on where logs and traces go, as its chart names it.
fn refuse_chart(cluster: &Kubernetes, cx: &mut Cx<'_>) {
    if cluster.chart >= WHOLE_NAMES {
        return;
    }
    let usable = RELEASES.iter().filter(|it| it.chart.is_some_and(|it| it >= WHOLE_NAMES));
    let nearest = usable.map(|it| it.version).min();
    let nearest =
        nearest.map_or_else(String::new, |it| format!(", or write `release: {it}` or newer"));
    let message = format!(
        "chart {} tells runs where their logs go by a name that another namespace does not know",
        cluster.chart
    );
    let refusal = Diagnostic::error("release-lacks", Place::Key(KEY.into()), message);
    cx.sink.push(refusal.help(format!("remove `namespace`{nearest}")));
}

/// The name of a service alone means that of the namespace in which it is asked for.
fn refuse_short_name(site: &Site, cluster: &Kubernetes, cx: &mut Cx<'_>) {
    let ObjectStore::External(it) = &site.storage.object_store else { return };
    let host = it.endpoint.host();
    if host.contains('.') {
        return;
    }
    let namespace = &cluster.namespace;
    let whole = format!("://{host}.{namespace}.svc.cluster.local");
    let whole = it.endpoint.to_string().replacen(&format!("://{host}"), &whole, 1);
    let message =
        format!("runs in `{}` find no `{host}`: it names no namespace", cluster.runs.namespace);
    let at = Place::Value("storage.object_store.external.endpoint".into());
    let refusal = Diagnostic::error("bad-value", at, message);
    cx.sink.push(
        refusal.help("write its whole name, with the namespace that it is in").instead(whole),
    );
}
