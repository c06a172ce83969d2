//! What nginx says to the world and to the tailnet.

use super::{BOTH, Check, DOCTOR, On, Place, STATUS, Severity, VERIFY, when};
use crate::site::{Nginx, Site, Tls};

fn nginx(on: On<'_>) -> Option<&Nginx> {
    on.site.nginx().filter(|_| on.is_server())
}

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V60",
        name: "nginx",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "nginx takes its files, and has those of the site",
        hint: "nginx -t says which line; trigger-ctl.sh install puts the files in place",
        expects: |on| nginx(on).map(|_| vec![format!("{}/nginx/site.conf", on.site.docker().root)]),
    },
    Check {
        id: "V61",
        name: "redirect",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "http leads to https at the same name",
        hint: "the file of the site is not loaded, or another one answers for the name: nginx -T",
        expects: |on| nginx(on).map(|_| hosts(on.site)),
    },
    Check {
        id: "V62",
        name: "certificates",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "every name has a certificate that is valid for longer than renewals take",
        hint: "certbot renew, then systemctl reload nginx; a renewal that nginx did not load looks the same",
        expects: |on| nginx(on).map(|_| hosts(on.site)),
    },
    Check {
        id: "V72",
        name: "renewal",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "certificates are renewed by themselves, and nginx loads them",
        hint: "systemctl enable --now certbot.timer; trigger-ctl.sh install puts the hook, and the entry of cron for a tailnet, in place",
        expects: |on| match nginx(on)?.tls {
            Tls::Letsencrypt(_) => Some(Vec::new()),
            Tls::Tailscale(_) => Some(vec![super::super::nginx::renewal(on.site)]),
            Tls::Files { .. } => None,
        },
    },
    Check {
        id: "V63",
        name: "tls",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "TLS 1.2 and 1.3 are spoken, and nothing older",
        hint: "another file of nginx sets ssl_protocols: nginx -T",
        expects: |on| nginx(on).map(|_| hosts(on.site)),
    },
    Check {
        id: "V64",
        name: "unknown-names",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "a name that is not the site's gets nothing",
        hint: "another file of nginx answers for every name: look for default_server in nginx -T",
        expects: |on| when(nginx(on).is_some()),
    },
    Check {
        id: "V66",
        name: "forwarded",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "what a client says of host and scheme never reaches the webapp",
        hint: "trigger-ctl.sh verify --only hashes names the file that was changed",
        expects: |on| when(nginx(on).is_some()),
    },
    Check {
        id: "V67",
        name: "headers",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "browsers are told once to stay with https, and nobody which version answers",
        hint: "another file of nginx adds headers: nginx -T",
        expects: |on| nginx(on).map(|_| hosts(on.site).into_iter().take(1).collect()),
    },
    Check {
        id: "V68",
        name: "streams",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "nginx sends on each event as it comes, within a second, and lets websockets through where they are open",
        hint: "trigger-ctl.sh verify --only hashes,nginx: its files were changed or are not loaded",
        expects: |on| nginx(on).map(|_| streaming(on.site)),
    },
    Check {
        id: "V73",
        name: "public-name",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "the API answers under its name, as the world finds it",
        hint: "compare the address of the name with the server's; then trigger-ctl.sh verify --only names,nginx,certificates",
        expects: |on| nginx(on).map(|_| vec![on.site.api_host().to_string()]),
    },
    Check {
        id: "V69",
        name: "log",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the access log holds no query, where secrets stand",
        hint: "another file of nginx sets access_log; remove the lines, they hold login links",
        expects: |on| nginx(on).map(|_| hosts(on.site).into_iter().take(1).collect()),
    },
    Check {
        id: "V70",
        name: "log-files",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "the logs of nginx are for their owners alone, and rotated",
        hint: "chmod 640 /var/log/nginx/*.log; apt-get install logrotate",
        expects: |on| when(nginx(on).is_some()),
    },
    Check {
        id: "V71",
        name: "tailnet",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "the dashboard answers on the tailnet, and nowhere else",
        hint: "tailscale status says whether it is up; what tailscale ip -4 says must be the address of the site file",
        expects: |on| {
            nginx(on)?;
            on.site.tailnet().map(|_| vec![dashboard(on.site)])
        },
    },
    Check {
        id: "V65",
        name: "refused-paths",
        severity: Severity::Critical,
        place: Place::Outside,
        by: VERIFY,
        title: "what is not for the world is refused, however it is spelt",
        hint: "trigger-ctl.sh verify --only hashes,nginx on the server: its files were changed or are not loaded",
        expects: |on| nginx(on).map(|_| refused(on.site)),
    },
];

/// The name of the dashboard, with the address at which nginx has all of it.
fn dashboard(site: &Site) -> String {
    let address = site.tailnet().map_or("127.0.0.1".into(), |it| it.ipv4.to_string());
    format!("{}={address}", site.dashboard_host())
}

/// Every way in on which events and websockets come.
fn streaming(site: &Site) -> Vec<String> {
    let to_the_world = site.tailnet().is_some() && site.network.expose.engine;
    let api = to_the_world.then(|| format!("{}=127.0.0.1", site.api_host()));
    std::iter::once(dashboard(site)).chain(api).collect()
}

/// Each name with the address of this machine at which nginx answers for it.
fn hosts(site: &Site) -> Vec<String> {
    let on_tailnet =
        |private: bool| site.tailnet().filter(|_| private).map(|it| it.ipv4.to_string());
    let hosts = site.hosts().into_iter();
    hosts
        .map(|(host, private)| {
            format!("{host}={}", on_tailnet(private).unwrap_or_else(|| "127.0.0.1".into()))
        })
        .collect()
}

/// The public name of the API, paths that it refuses, and one that it answers.
fn refused(site: &Site) -> Vec<String> {
    let everywhere = [
        "/metrics",
        "/METRICS",
        "/Metrics/",
        "/tests/sse/stream",
        "/internal/webhooks/tester",
        "/storybook",
        "/ph/x",
        "/api/v1/usage/ingest",
        "/api/../metrics",
    ];
    let on_the_api_alone = [
        "/",
        "/login",
        "/LOGIN",
        "/admin",
        "/otel/v1/traces",
        "/engine/v1/worker-actions/connect",
        "/api/../admin",
        "/api/v1/..%5c..%5cadmin",
        "/resources/packets/x/..%2f..%2fapi/v1/x",
        "/api/v1/whoami?_data=root",
        "/healthcheck?%5Fdata=root",
        "/realtime/v1/a%2fb%2fc/../../../login",
        "/api/v1/packets/a%2fb/%2e%2e/%2e%2e/%2e%2e/%2e%2e/login",
    ];
    let more = if site.tailnet().is_some() { &on_the_api_alone[..] } else { &[] };
    let open = |path: &&str| {
        let expose = &site.network.expose;
        !(path.starts_with("/otel") && expose.otel || path.starts_with("/engine") && expose.engine)
    };
    let paths = everywhere.iter().chain(more).filter(|it| open(it)).map(|it| (*it).to_owned());
    std::iter::once(format!("host={}", site.api_host())).chain(paths).collect()
}
