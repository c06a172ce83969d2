//! Text from templates. A template decides nothing: it sees one small struct and writes it down.

use serde_json::Value;
use tera::Tera;

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
        "docker/registry/auth.htpasswd",
        include_str!("../../templates/docker/registry/auth.htpasswd.tera"),
    ),
    ("gitignore", include_str!("../../templates/gitignore.tera")),
    ("init/site.yaml", include_str!("../../templates/init/site.yaml.tera")),
];

/// The names of all templates.
pub fn template_names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}

/// Renders one template. Only that one is parsed: a command pays for what it uses.
pub fn render(name: &str, cx: &Value) -> String {
    let (_, text) = TEMPLATES
        .iter()
        .find(|(it, _)| *it == name)
        .unwrap_or_else(|| panic!("bug in trigger-gen: no template {name}"));
    let mut tera = Tera::new();
    tera.autoescape_on(Vec::<&str>::new());
    let cx =
        tera::Context::from_serialize(cx).expect("bug in trigger-gen: a template sees a mapping");
    tera.add_raw_template(name, text).and_then(|()| tera.render(name, &cx)).unwrap_or_else(
        |error| panic!("bug in trigger-gen: the template {name} does not render: {error}"),
    )
}
