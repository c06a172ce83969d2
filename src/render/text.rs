//! Text from templates. A template decides nothing: it sees one small struct and writes it down.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tera::{Kwargs, State, Tera};

/// Every template with its text, by its path below `templates/` without suffix.
static TEMPLATES: &[(&str, &str)] = &[
    ("docker/backup/cron", include_str!("../../templates/docker/backup/cron.tera")),
    ("docker/backup/restic-s3", include_str!("../../templates/docker/backup/restic-s3.tera")),
    ("docker/backup/secret", include_str!("../../templates/docker/backup/secret.tera")),
    (
        "docker/backup/systemd/failed.service",
        include_str!("../../templates/docker/backup/systemd/failed.service.tera"),
    ),
    (
        "docker/backup/systemd/service",
        include_str!("../../templates/docker/backup/systemd/service.tera"),
    ),
    (
        "docker/backup/systemd/timer",
        include_str!("../../templates/docker/backup/systemd/timer.tera"),
    ),
    (
        "docker/host/etc/apt/apt.conf.d/52trigger-dev",
        include_str!("../../templates/docker/host/etc/apt/apt.conf.d/52trigger-dev.tera"),
    ),
    (
        "docker/host/etc/fail2ban/jail.d/trigger-dev.local",
        include_str!("../../templates/docker/host/etc/fail2ban/jail.d/trigger-dev.local.tera"),
    ),
    (
        "docker/host/etc/ssh/sshd_config.d/00-trigger-hardening.conf",
        include_str!(
            "../../templates/docker/host/etc/ssh/sshd_config.d/00-trigger-hardening.conf.tera"
        ),
    ),
    (
        "docker/host/etc/sysctl.d/60-trigger-dev.conf",
        include_str!("../../templates/docker/host/etc/sysctl.d/60-trigger-dev.conf.tera"),
    ),
    (
        "docker/host/etc/systemd/system/trigger-firewall.service",
        include_str!(
            "../../templates/docker/host/etc/systemd/system/trigger-firewall.service.tera"
        ),
    ),
    (
        "docker/host/etc/trigger-dev/firewall.nft",
        include_str!("../../templates/docker/host/etc/trigger-dev/firewall.nft.tera"),
    ),
    (
        "docker/nginx/bootstrap.conf",
        include_str!("../../templates/docker/nginx/bootstrap.conf.tera"),
    ),
    (
        "docker/nginx/tailscale-cert",
        include_str!("../../templates/docker/nginx/tailscale-cert.tera"),
    ),
    (
        "docker/nginx/catch-all.conf",
        include_str!("../../templates/docker/nginx/catch-all.conf.tera"),
    ),
    ("docker/nginx/site.conf", include_str!("../../templates/docker/nginx/site.conf.tera")),
    (
        "docker/nginx/snippets/headers.conf",
        include_str!("../../templates/docker/nginx/snippets/headers.conf.tera"),
    ),
    (
        "docker/nginx/snippets/proxy.conf",
        include_str!("../../templates/docker/nginx/snippets/proxy.conf.tera"),
    ),
    (
        "docker/nginx/snippets/server.conf",
        include_str!("../../templates/docker/nginx/snippets/server.conf.tera"),
    ),
    (
        "docker/nginx/snippets/tls.conf",
        include_str!("../../templates/docker/nginx/snippets/tls.conf.tera"),
    ),
    (
        "docker/nginx/snippets/websocket.conf",
        include_str!("../../templates/docker/nginx/snippets/websocket.conf.tera"),
    ),
    ("docker/nginx/vhost.conf", include_str!("../../templates/docker/nginx/vhost.conf.tera")),
    (
        "docker/registry/auth.htpasswd",
        include_str!("../../templates/docker/registry/auth.htpasswd.tera"),
    ),
    (
        "docker/deploy/buildkitd.toml",
        include_str!("../../templates/docker/deploy/buildkitd.toml.tera"),
    ),
    ("docker/deploy/deploy.sh", include_str!("../../templates/docker/deploy/deploy.sh.tera")),
    ("RUNBOOK.md", include_str!("../../templates/RUNBOOK.md.tera")),
    ("gitignore", include_str!("../../templates/gitignore.tera")),
    ("init/site.yaml", include_str!("../../templates/init/site.yaml.tera")),
    ("runbook/alarms.md", include_str!("../../templates/runbook/alarms.md.tera")),
    ("runbook/backup.md", include_str!("../../templates/runbook/backup.md.tera")),
    ("runbook/deploy.md", include_str!("../../templates/runbook/deploy.md.tera")),
    ("runbook/hardening.md", include_str!("../../templates/runbook/hardening.md.tera")),
    ("runbook/keep.md", include_str!("../../templates/runbook/keep.md.tera")),
    ("runbook/login.md", include_str!("../../templates/runbook/login.md.tera")),
    ("runbook/proxy.md", include_str!("../../templates/runbook/proxy.md.tera")),
    ("runbook/restore.md", include_str!("../../templates/runbook/restore.md.tera")),
    ("runbook/server.md", include_str!("../../templates/runbook/server.md.tera")),
    ("runbook/site.md", include_str!("../../templates/runbook/site.md.tera")),
    ("runbook/stacks.md", include_str!("../../templates/runbook/stacks.md.tera")),
    ("runbook/verify.md", include_str!("../../templates/runbook/verify.md.tera")),
    ("runbook/workers.md", include_str!("../../templates/runbook/workers.md.tera")),
    ("kubernetes/RUNBOOK.md", include_str!("../../templates/kubernetes/RUNBOOK.md.tera")),
    (
        "kubernetes/runbook/before.md",
        include_str!("../../templates/kubernetes/runbook/before.md.tera"),
    ),
    (
        "kubernetes/runbook/secrets.md",
        include_str!("../../templates/kubernetes/runbook/secrets.md.tera"),
    ),
    ("kubernetes/runbook/tree.md", include_str!("../../templates/kubernetes/runbook/tree.md.tera")),
    (
        "kubernetes/runbook/backups.md",
        include_str!("../../templates/kubernetes/runbook/backups.md.tera"),
    ),
    (
        "kubernetes/runbook/change.md",
        include_str!("../../templates/kubernetes/runbook/change.md.tera"),
    ),
    ("kubernetes/runbook/use.md", include_str!("../../templates/kubernetes/runbook/use.md.tera")),
    ("kubernetes/runbook/keep.md", include_str!("../../templates/kubernetes/runbook/keep.md.tera")),
    (
        "kubernetes/runbook/restore.md",
        include_str!("../../templates/kubernetes/runbook/restore.md.tera"),
    ),
    (
        "kubernetes/runbook/carry.md",
        include_str!("../../templates/kubernetes/runbook/carry.md.tera"),
    ),
    (
        "kubernetes/cluster-secrets.example.yaml",
        include_str!("../../templates/kubernetes/cluster-secrets.example.yaml.tera"),
    ),
];

/// What a template writes an author's text with.
type Filter = fn(&str) -> String;

static FILTERS: [(&str, Filter); 3] =
    [("sh", super::word), ("md", super::markdown), ("mermaid", super::mermaid)];

/// The names of all templates.
pub fn template_names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}

/// What was parsed, since one run can render a template thousands of times.
static PARSED: Mutex<BTreeMap<&str, Arc<Tera>>> = Mutex::new(BTreeMap::new());

/// Renders one template. Only that one, and what it includes, is parsed: a command pays for what it uses.
pub fn render(name: &'static str, cx: &Value) -> String {
    let cx =
        tera::Context::from_serialize(cx).expect("bug in trigger-gen: a template sees a mapping");
    let text = parsed(name).render(name, &cx).unwrap_or_else(|error| {
        panic!("bug in trigger-gen: the template {name} does not render: {error}")
    });
    if name.ends_with(".md") { with_single_gaps(&text) } else { text }
}

fn parsed(name: &'static str) -> Arc<Tera> {
    let known = || PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(tera) = known().get(name) {
        return Arc::clone(tera);
    }
    // Parsed while nobody waits for it; whoever parsed the same meanwhile has the same.
    let tera = Arc::new(parse(name));
    Arc::clone(known().entry(name).or_insert(tera))
}

fn parse(name: &str) -> Tera {
    let mut tera = Tera::new();
    tera.autoescape_on(Vec::<&str>::new());
    for (filter, escaped) in FILTERS {
        tera.register_filter(filter, move |it: String, _: Kwargs, _: &State<'_>| escaped(&it));
    }
    tera.add_raw_templates(with_included(name)).unwrap_or_else(|error| {
        panic!("bug in trigger-gen: the template {name} does not parse: {error}")
    });
    tera
}

/// What is left out of a page leaves no gap: one blank line between paragraphs, none at the end.
fn with_single_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || !out.ends_with("\n\n") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// A template and all that it includes, each after what it includes.
fn with_included(name: &str) -> Vec<(&'static str, &'static str)> {
    let (name, text) = TEMPLATES
        .iter()
        .find(|(it, _)| *it == name)
        .unwrap_or_else(|| panic!("bug in trigger-gen: no template {name}"));
    let after = text.split("{% include \"").skip(1);
    let included =
        after.filter_map(|it| it.split_once('"')).flat_map(|(name, _)| with_included(name));
    included.chain([(*name, *text)]).collect()
}
