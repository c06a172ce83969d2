//! Where certificates stand on the server, and how they are had.

use crate::site::{Letsencrypt, Nginx, Site, Tls};

/// A certificate with its key.
pub(super) struct Certificate {
    pub(super) chain: String,
    pub(super) key: String,
}

/// The certificate of a host.
pub(super) fn of(site: &Site, nginx: &Nginx, host: &str) -> Certificate {
    let project = &site.docker().project;
    match &nginx.tls {
        Tls::Files { certificate, key } => {
            Certificate { chain: certificate.to_string(), key: key.to_string() }
        }
        Tls::Tailscale(_) if host == site.dashboard_host().as_str() => Certificate {
            chain: format!("/etc/ssl/certs/{project}-tailnet.pem"),
            key: format!("/etc/ssl/private/{project}-tailnet.key"),
        },
        Tls::Letsencrypt(_) | Tls::Tailscale(_) => Certificate {
            chain: format!("/etc/letsencrypt/live/{project}/fullchain.pem"),
            key: format!("/etc/letsencrypt/live/{project}/privkey.pem"),
        },
    }
}

/// Whether Let's Encrypt reads files over port 80.
pub(super) fn over_http(nginx: &Nginx) -> bool {
    match &nginx.tls {
        Tls::Letsencrypt(it) | Tls::Tailscale(it) => !it.dns,
        Tls::Files { .. } => false,
    }
}

/// The commands that get the first certificates, as comments of the bootstrap vhost.
pub(super) fn commands(site: &Site, nginx: &Nginx) -> Vec<String> {
    let all: Vec<&str> = site.hosts().into_iter().map(|(host, _)| host.as_str()).collect();
    match &nginx.tls {
        Tls::Files { certificate, key } => {
            vec![format!("Put the certificate to {certificate}, its key to {key}.")]
        }
        Tls::Letsencrypt(it) => vec![certbot(site, it, &all)],
        Tls::Tailscale(it) => {
            let own = of(site, nginx, all[0]);
            vec![
                format!(
                    "tailscale cert --cert-file {} --key-file {} {}",
                    own.chain, own.key, all[0]
                ),
                certbot(site, it, &all[1..]),
            ]
        }
    }
}

fn certbot(site: &Site, how: &Letsencrypt, hosts: &[&str]) -> String {
    let challenge = match how.dns {
        true => "--preferred-challenges dns --dns-<your provider>",
        false => "--webroot -w /var/www/acme",
    };
    let contact = how
        .email
        .as_ref()
        .map_or("--register-unsafely-without-email".into(), |it| format!("-m {it}"));
    let names: String = hosts.iter().map(|it| format!(" -d {it}")).collect();
    format!(
        "certbot certonly {challenge} --cert-name {} --agree-tos {contact}{names}",
        site.docker().project
    )
}
