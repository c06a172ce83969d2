//! `docker.proxy` and what certificates can be had.

use super::{Cx, placeholder};
use crate::diag::{Diagnostic, Place};
use crate::site::{Letsencrypt, Nginx, Os, Proxy, Site, Tls};
use crate::spec::{self, Challenge};
use crate::value::{ContactEmail, EmailAddress, Scalar};

/// Requests of one address in a second that pass where the author does not say: far above what one
/// application sends, far below what hurts.
const REQUESTS_PER_SECOND: u32 = 100;

pub(super) fn os(written: Option<&spec::Docker>) -> Os {
    match written.and_then(|it| it.host.as_ref()).and_then(|it| it.os.as_ref()) {
        None | Some(spec::Os::Debian12) => Os::Debian12,
        Some(spec::Os::Debian13) => Os::Debian13,
        Some(spec::Os::Ubuntu2204) => Os::Ubuntu2204,
        Some(spec::Os::Ubuntu2404) => Os::Ubuntu2404,
    }
}

pub(super) fn resolve(written: Option<&spec::Docker>, admins: &[EmailAddress]) -> Proxy {
    let none = spec::Nginx::default();
    let nginx = match written.and_then(|it| it.proxy.as_ref()) {
        None => &none,
        Some(spec::Proxy::None) => return Proxy::None,
        Some(spec::Proxy::Nginx(it)) => it,
    };
    Proxy::Nginx(Nginx {
        tls: tls(nginx.tls.as_ref(), admins),
        requests_per_second: nginx.requests_per_second.unwrap_or(REQUESTS_PER_SECOND),
    })
}

fn tls(written: Option<&spec::Tls>, admins: &[EmailAddress]) -> Tls {
    let email = |chosen: &Option<ContactEmail>| {
        let plain = |it: &EmailAddress| ContactEmail::from_text(it.as_str()).ok();
        chosen.clone().or_else(|| admins.iter().find_map(plain))
    };
    match written {
        None => Tls::Letsencrypt(Letsencrypt { dns: false, email: email(&None) }),
        Some(spec::Tls::Letsencrypt(it)) => Tls::Letsencrypt(Letsencrypt {
            dns: matches!(it.challenge, Some(Challenge::Dns01)),
            email: email(&it.email),
        }),
        Some(spec::Tls::Files(it)) => Tls::Files {
            certificate: it.certificate.clone().unwrap_or_else(placeholder),
            key: it.key.clone().unwrap_or_else(placeholder),
        },
        Some(spec::Tls::Tailscale(it)) => {
            Tls::Tailscale(Letsencrypt { dns: false, email: email(&it.email) })
        }
    }
}

/// Names for which the chosen way gives no certificate.
pub(super) fn refuse_certificates(site: &Site, cx: &mut Cx<'_>) {
    let Some(nginx) = site.nginx() else { return };
    let mut refuse = |at: &str, name: &'static str, message: String, help: &str| {
        cx.sink.push(Diagnostic::error(name, Place::Key(at.into()), message).help(help));
    };
    let tls = "docker.proxy.nginx.tls";
    let of_tailscale = matches!(nginx.tls, Tls::Tailscale(_));
    if of_tailscale && !(is_ts_net(site.dashboard_host().as_str()) && site.has_two_hosts()) {
        refuse(
            &format!("{tls}.tailscale"),
            "no-certificate",
            format!("the tailnet gives no certificate for `{}`", site.dashboard_host()),
            "it gives one for a `domain` that ends with `.ts.net`, with `network.access: { tailscale: … }` and an `api_domain`",
        );
    }
    for (nth, (host, private)) in site.hosts().into_iter().enumerate() {
        let is_dashboard = nth == 0;
        if is_ts_net(host.as_str())
            && !(is_dashboard && of_tailscale)
            && !matches!(nginx.tls, Tls::Files { .. })
        {
            let help = match is_dashboard {
                true => "write `docker: { proxy: { nginx: { tls: { tailscale: {} } } } }`",
                false => "give it a name of your own domain",
            };
            refuse(
                key_of(site, nth),
                "no-certificate",
                format!("Let's Encrypt gives no certificate for `{host}`"),
                help,
            );
            continue;
        }
        let over_http = match &nginx.tls {
            Tls::Letsencrypt(it) => !it.dns,
            Tls::Tailscale(_) => !is_dashboard,
            Tls::Files { .. } => false,
        };
        if private && over_http {
            let message = format!(
                "`{host}` leads to the tailnet alone, so Let's Encrypt cannot read a file there"
            );
            let help = "write `docker: { proxy: { nginx: { tls: { letsencrypt: { challenge: dns01 } } } } }`, or name files of your own";
            refuse(key_of(site, nth), "no-certificate", message, help);
        }
    }
}

fn is_ts_net(host: &str) -> bool {
    host.ends_with(".ts.net")
}

/// The key that names the host of that place in [`Site::hosts`].
fn key_of(site: &Site, nth: usize) -> &'static str {
    let mut keys = vec!["domain"];
    if site.has_two_hosts() {
        keys.push("network.access.tailscale.api_domain");
    }
    if site.bundled_registry().is_some() {
        keys.push("storage.registry.bundled.host");
    }
    if site.object_store_host().is_some() {
        keys.push("storage.object_store.bundled.public_host");
    }
    keys[nth]
}
