//! The jails of fail2ban.

use crate::artifacts::nginx::login_zone;
use crate::site::{Fail2ban, Site};
use crate::value::Port;
use serde_json::{Value, json};

/// Who is never shut out: the server itself, the tailnet, and the networks from which Docker takes its own.
const OWN: [&str; 6] = [
    "127.0.0.0/8",
    "::1",
    "100.64.0.0/10",
    "fd7a:115c:a1e0::/48",
    "172.16.0.0/12",
    "192.168.0.0/16",
];

/// What the template of the jails sees. The server of the webapp has nginx as well.
pub(super) fn jails(
    it: &Fail2ban,
    ssh_port: Option<Port>,
    nginx: Option<&Site>,
    header: Vec<String>,
) -> Value {
    let port = ssh_port.map_or("ssh".to_owned(), |it| it.to_string());
    // Debian 12 and later write no /var/log/auth.log.
    let sshd = json!({
        "name": "sshd", "filter": "", "backend": "systemd", "port": port, "logpath": "",
    });
    // At sign-in alone: applications that call the API too often are told to wait, and many may share an address.
    let limit = nginx.map(|site| {
        let log = format!("\nlogpath = /var/log/nginx/{}-error.log", site.docker().project);
        let zone = login_zone(site);
        json!({
            "name": "nginx-limit-req",
            "filter": format!("\nfilter = nginx-limit-req[ngx_limit_req_zones=\"{zone}\"]"),
            "backend": "auto",
            "port": "http,https",
            "logpath": log,
        })
    });
    let jails: Vec<Value> = [Some(sshd), limit].into_iter().flatten().collect();
    let ignore: Vec<&str> = OWN.into_iter().chain(it.ignore.iter().map(|it| it.as_str())).collect();
    json!({
        "header": header,
        "jails": jails,
        "max_retry": it.max_retry,
        "ban_time": it.ban_time.in_seconds(),
        "ignore": ignore.join(" "),
    })
}
