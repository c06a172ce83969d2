//! The way in: an Ingress of Traefik, which the chart makes, or a route of a Gateway beside it.

use super::{Cluster, Part, marked, object, object_store, object_with};
use crate::site::{Ingress, IngressTls};
use serde_json::{Map, Value, json};

/// The host of the site, with its variable.
fn host(cluster: &Cluster<'_>) -> String {
    marked::of_narrow(cluster.site.dashboard_host().as_str())
}

/// What the chart is told.
pub(super) fn of_chart(cluster: &Cluster<'_>) -> Value {
    let Ingress::Traefik { class, tls, .. } = &cluster.it.ingress else {
        return json!({ "enabled": false });
    };
    let host = host(cluster);
    let mut ingress = json!({
        "enabled": true,
        "className": class.as_str(),
        "annotations": annotations(cluster),
        "hosts": [{ "host": host, "paths": [{ "path": "/", "pathType": "Prefix" }] }],
        "tls": certificate(tls, &cluster.name("tls"), &host),
    });
    if let IngressTls::CertManager(issuer) = tls {
        ingress["certManager"] = json!({ "enabled": true, "clusterIssuer": issuer.as_str() });
    }
    ingress
}

fn annotations(cluster: &Cluster<'_>) -> Value {
    let Ingress::Traefik { entry_point, middlewares, .. } = &cluster.it.ingress else {
        return json!({});
    };
    let mut annotations = Map::new();
    let prefix = "traefik.ingress.kubernetes.io/router";
    annotations.insert(format!("{prefix}.entrypoints"), json!(entry_point.as_str()));
    if !middlewares.is_empty() {
        let names: Vec<&str> = middlewares.iter().map(|it| it.as_str()).collect();
        annotations.insert(format!("{prefix}.middlewares"), json!(names.join(",")));
    }
    Value::Object(annotations)
}

/// `own` is the Secret that cert-manager makes.
fn certificate(tls: &IngressTls, own: &str, host: &str) -> Value {
    match tls {
        IngressTls::Default => json!([{ "hosts": [host] }]),
        IngressTls::Secret(name) => {
            json!([{ "secretName": marked::of_narrow(name.as_str()), "hosts": [host] }])
        }
        IngressTls::CertManager(_) => json!([{ "secretName": own, "hosts": [host] }]),
    }
}

/// The route to the webapp, where a Gateway answers.
pub(super) fn route(cluster: &Cluster<'_>) -> Option<Part> {
    let service = format!("{}-webapp", cluster.site.chart_fullname());
    let route = http_route(cluster, cluster.site.name.as_str(), &host(cluster), &service, 3030)?;
    Some(Part::object("http-route.yaml", route))
}

/// The way to the object store, where it has a public name.
pub(super) fn object_store(cluster: &Cluster<'_>, host: &str) -> Part {
    let (name, port) = (object_store::service(cluster), object_store::PORT);
    match http_route(cluster, &name, host, &name, port) {
        Some(route) => Part::object("http-route.yaml", route),
        None => Part::object("ingress.yaml", plain_ingress(cluster, &name, host, port)),
    }
}

fn http_route(
    cluster: &Cluster<'_>,
    name: &str,
    host: &str,
    service: &str,
    port: u16,
) -> Option<Value> {
    let Ingress::Gateway { name: gateway, namespace, listener } = &cluster.it.ingress else {
        return None;
    };
    let mut parent = json!({ "name": gateway.as_str(), "namespace": namespace.as_str() });
    if let Some(listener) = listener {
        parent["sectionName"] = json!(listener.as_str());
    }
    let spec = json!({
        "parentRefs": [parent],
        "hostnames": [host],
        "rules": [{
            "backendRefs": [{ "name": service, "port": port }],
            // Streams of events stay open.
            "timeouts": { "request": "0s" },
        }],
    });
    Some(object("gateway.networking.k8s.io/v1", "HTTPRoute", name, json!({ "spec": spec })))
}

fn plain_ingress(cluster: &Cluster<'_>, name: &str, host: &str, port: u16) -> Value {
    let Ingress::Traefik { class, tls, .. } = &cluster.it.ingress else {
        panic!("bug in trigger-gen: an Ingress beside a Gateway")
    };
    let own = format!("{name}-tls");
    let backend = json!({ "service": { "name": name, "port": { "number": port } } });
    let spec = json!({
        "ingressClassName": class.as_str(),
        "rules": [{ "host": host, "http": { "paths": [
            { "path": "/", "pathType": "Prefix", "backend": backend },
        ]}}],
        "tls": certificate(tls, &own, host),
    });
    let mut annotations = annotations(cluster);
    if let IngressTls::CertManager(issuer) = tls {
        annotations["cert-manager.io/cluster-issuer"] = json!(issuer.as_str());
    }
    let metadata = json!({ "name": name, "annotations": annotations });
    object_with("networking.k8s.io/v1", "Ingress", metadata, json!({ "spec": spec }))
}
