//! `nginx/`: what the world and the tailnet reach, and what they do not.
//!
//! The files stay under the install root; nginx takes them from there, so that two sites on one server have folders
//! of their own. How they get there:
//!
//! 1. Take away `/etc/nginx/sites-enabled/default`, make `/var/www/acme`, and make the empty log files
//!    `/var/log/nginx/<project>-access.log` and `-error.log` with mode 0640 and the owner www-data:adm.
//! 2. Write `/etc/nginx/conf.d/trigger-catch-all.conf` with the line `include "<root>/nginx/catch-all.conf";`, unless that
//!    file is there already: one server has one. On Ubuntu 22.04 make the certificate that it names first.
//! 3. Write `/etc/nginx/conf.d/<project>.conf` with the line `include "<root>/nginx/bootstrap.conf";`, reload, get the
//!    certificates that the head of bootstrap.conf names, then let the line say `include "<root>/nginx/site.conf";`.
//! 4. Copy `deploy-hook.sh` to `/etc/letsencrypt/renewal-hooks/deploy/10-nginx`, mode 0755.
//! 5. Each time: `nginx -t`, then `systemctl reload nginx`.
//!
//! What nginx knows by name (variables, zones, upstreams) begins with `tg_<project>_`.

mod certificates;
mod data;
mod locations;
mod shared;
mod vhosts;

use super::{Artifact, Cx, Target, file, header};
use crate::plan::{Body, PlannedFile};
use crate::site::{Nginx, Site};
use crate::tree::Mode;
use serde_json::{Value, json};

pub(super) const NGINX: Artifact = Artifact {
    name: "nginx",
    paths: "docker/nginx/…",
    summary: "Vhosts, catch-all and snippets of nginx, and the vhost that gets the first certificate",
    target: Target::Docker,
    keys: &["network", "domain", "docker.proxy", "docker.host.os", "docker.publish"],
    plan: |cx| match cx.site.nginx() {
        Some(nginx) => Plan { cx, nginx }.files(),
        None => Vec::new(),
    },
};

/// One site and its nginx.
struct Plan<'a> {
    cx: &'a Cx<'a>,
    nginx: &'a Nginx,
}

impl Plan<'_> {
    fn site(&self) -> &Site {
        self.cx.site
    }

    fn files(&self) -> Vec<PlannedFile> {
        let vhosts = vhosts::all(self.site(), self.nginx);
        let mut files = vec![
            self.text(
                "site.conf",
                "docker/nginx/site.conf",
                "nginx",
                shared::site(self.site(), self.nginx, &vhosts),
            ),
            self.text(
                "catch-all.conf",
                "docker/nginx/catch-all.conf",
                "nginx for names that nobody has, on the server",
                shared::catch_all(self.site()),
            ),
            self.text(
                "bootstrap.conf",
                "docker/nginx/bootstrap.conf",
                "nginx before the first certificate",
                shared::bootstrap(self.site(), self.nginx),
            ),
        ];
        if let Some(command) = certificates::tailscale(self.site(), self.nginx) {
            files.push(self.text(
                "tailscale-cert",
                "docker/nginx/tailscale-cert",
                "When the certificate of the tailnet is renewed",
                json!({ "place": certificates::renewal(self.site()), "command": command }),
            ));
        }
        for vhost in &vhosts {
            files.push(self.text(
                &format!("vhosts/{}.conf", vhost.file),
                "docker/nginx/vhost.conf",
                vhost.what,
                json!({ "vhost": vhost }),
            ));
        }
        let used =
            |path: &str| shared::websockets(self.site()) || !path.ends_with("websocket.conf");
        for (path, template, what) in SNIPPETS.into_iter().filter(|(path, ..)| used(path)) {
            files.push(self.text(path, template, what, shared::snippet(self.site())));
        }
        files.push(file(
            NGINX.name,
            "docker/nginx/deploy-hook.sh",
            Mode::Executable,
            Body::Fixed(include_str!("../../../templates/docker/nginx/deploy-hook.sh")),
        ));
        files
    }

    /// A text below `nginx/`, with the names that every template uses.
    fn text(&self, path: &str, template: &'static str, what: &str, cx: Value) -> PlannedFile {
        let mut all = json!({
            "header": header(self.site(), what),
            "project": self.site().docker().project.as_str(),
            "prefix": prefix(self.site()),
            "nginx": folder(self.site()),
        });
        if let (Value::Object(all), Value::Object(more)) = (&mut all, cx) {
            all.extend(more);
        }
        let body = Body::Text { template, cx: all };
        file(NGINX.name, format!("docker/nginx/{path}"), Mode::Plain, body)
    }
}

const SNIPPETS: [(&str, &str, &str); 5] = [
    (
        "snippets/headers.conf",
        "docker/nginx/snippets/headers.conf",
        "Headers that nginx sends to the application",
    ),
    ("snippets/proxy.conf", "docker/nginx/snippets/proxy.conf", "Forwarding by nginx"),
    (
        "snippets/websocket.conf",
        "docker/nginx/snippets/websocket.conf",
        "Forwarding of websockets by nginx",
    ),
    (
        "snippets/server.conf",
        "docker/nginx/snippets/server.conf",
        "Settings of each server of nginx",
    ),
    ("snippets/tls.conf", "docker/nginx/snippets/tls.conf", "TLS settings of nginx"),
];

/// What names within nginx begin with: they know letters, digits and `_` alone.
fn prefix(site: &Site) -> String {
    format!("tg_{}", shortened(&site.docker().project.as_str().replace('-', "_")))
}

/// nginx takes variables of 46 characters, of which 16 are for what a name says. A longer project is told from
/// others by a number made of all of it.
fn shortened(project: &str) -> String {
    const LONGEST: usize = 30;
    if project.len() <= LONGEST {
        return project.to_owned();
    }
    // FNV-1a, 32 bits.
    let number = project
        .bytes()
        .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}_{number:08x}", &project[..LONGEST - 9])
}

pub(super) use certificates::renewal;

/// The zone that counts requests at sign-in, as the error log names it.
pub(super) fn login_zone(site: &Site) -> String {
    format!("{}_login", prefix(site))
}

/// The folder of these files on the server.
fn folder(site: &Site) -> String {
    format!("{}/nginx", site.docker().root)
}
