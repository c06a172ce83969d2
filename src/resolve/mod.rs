//! From what was written to what is meant: the only place that knows a default.
//!
//! Where a required key is missing or refused, a placeholder stands in, so that the rest is still
//! looked at; the fault is in the sink by then, and the checkpoint lets no such site through.

mod access;
mod backup;
mod deploy;
mod docker;
mod env;
mod hardening;
mod kubernetes;
mod limits;
mod network;
mod patches;
mod proxy;
mod release;
mod runs;
mod storage;

use crate::diag::Sink;
use crate::site::{Allowance, Site};
use crate::spec::{Allow, SecretRef, SiteSpec};
use crate::value::{Label, Scalar, SecretName, SiteDomain, StorePath};

/// What resolving gathers besides the site itself.
struct Cx<'a> {
    sink: &'a mut Sink,
    /// Secrets named so far, and where.
    supplied: Vec<(SecretName, String)>,
}

impl Cx<'_> {
    /// Notes that a secret is named at a key. A part without its secret has been reported already.
    fn secret(&mut self, reference: &Option<SecretRef>, route: &str) -> SecretName {
        let Some(SecretRef(name)) = reference else { return placeholder() };
        self.name_secret(name, route);
        name.clone()
    }

    fn name_secret(&mut self, name: &SecretName, route: &str) {
        self.supplied.push((name.clone(), route.to_owned()));
    }
}

/// A value for a key whose absence or fault is in the sink already.
fn placeholder<T: Scalar>() -> T {
    T::from_text(T::EXAMPLE).expect("every example is a value of its type")
}

/// A value that the compiler itself writes.
fn known<T: Scalar>(text: &str) -> T {
    T::from_text(text).expect("bug in trigger-gen: a default that its own type refuses")
}

/// Decides what the author means.
pub fn resolve(spec: &SiteSpec, sink: &mut Sink) -> Site {
    let mut cx = Cx { sink, supplied: Vec::new() };
    let release = release::resolve(spec.release.as_ref(), &mut cx);
    let name = spec.name.clone().unwrap_or_else(placeholder);
    let domain = spec.domain.clone().unwrap_or_else(placeholder::<SiteDomain>).domain();
    let storage = storage::resolve(spec.storage.as_ref(), release, &domain, &mut cx);
    let access = access::resolve(spec.access.as_ref(), release, &mut cx);
    let network = network::resolve(spec, release, &domain, &storage, &mut cx);
    let docker = spec.docker.as_ref().map(|it| {
        let proxy = proxy::resolve(Some(it), &access.admins);
        docker::resolve(it, &name, &storage, proxy, &mut cx)
    });
    let kubernetes = spec
        .kubernetes
        .as_ref()
        .map(|it| kubernetes::resolve(it, release, &name, &storage, &mut cx));
    let limits = limits::resolve(spec.limits.as_ref(), release, docker.as_ref(), &mut cx);
    let extra = env::resolve(spec.env.as_ref(), release, &mut cx);
    let supplied = std::mem::take(&mut cx.supplied);
    let site = Site {
        name: name.clone(),
        release,
        domain,
        timezone: spec.timezone.clone().unwrap_or_else(|| known("UTC")),
        access,
        limits,
        network,
        storage,
        docker,
        kubernetes,
        extra,
        patches: patches::resolve(spec.patches.as_ref(), cx.sink),
        allow: allowances(spec.allow.as_deref().unwrap_or_default()),
        store: store_path(spec, &name),
        supplied,
    };
    kubernetes::refuse_mixtures(spec, &site, &mut cx);
    proxy::refuse_certificates(&site, &mut cx);
    env::refuse_reserved_secrets(&site, sink);
    site
}

fn store_path(spec: &SiteSpec, name: &Label) -> StorePath {
    let written = spec.secrets.as_ref().and_then(|it| it.store.clone());
    written.unwrap_or_else(|| known(&format!("{name}.secrets.yaml")))
}

fn allowances(written: &[Allow]) -> Vec<Allowance> {
    let complete = |(index, allow): (usize, &Allow)| {
        Some(Allowance {
            lint: allow.lint.clone()?,
            because: allow.because.clone()?.as_str().into(),
            index,
        })
    };
    written.iter().enumerate().filter_map(complete).collect()
}
