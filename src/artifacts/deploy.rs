//! The way of tasks to the server: a script for people, and a CI job that runs it.
//!
//! The CLI has the version of the release, is never told to build elsewhere than in the local engine, and pushes
//! also to a registry on loopback, where it would only load the image into the engine of the machine it runs on.

use super::{Artifact, Cx, Target, file, header};
use crate::plan::{Body, PlannedFile};
use crate::site::{Registry, Site};
use crate::tree::Mode;
use serde_json::{Value, json};

pub(super) const DEPLOY: Artifact = Artifact {
    name: "deploy",
    paths: "docker/deploy/…",
    summary: "The script that deploys tasks, a GitHub workflow that runs it, and builder settings where the registry needs them",
    target: Target::Docker,
    keys: &["name", "release", "domain", "network.access", "docker.deploy", "storage.registry"],
    plan: |cx| {
        let mut files = vec![script(cx.site)];
        match cx.site.storage.registry.is_loopback() {
            true => files.push(builder(cx)),
            false => files.push(workflow(cx.site)),
        }
        files
    },
};

fn emitted(name: &str, mode: Mode, body: Body) -> PlannedFile {
    file(DEPLOY.name, format!("docker/deploy/{name}"), mode, body)
}

/// Who logs in to the registry; `None` where anybody may read and push needs no login of ours.
fn registry_user(site: &Site) -> Option<String> {
    match &site.storage.registry {
        Registry::Bundled(it) => Some(it.username.to_string()),
        Registry::External(it) => it.login.as_ref().map(|(user, _)| user.to_string()),
    }
}

fn script(site: &Site) -> PlannedFile {
    let deploy = &site.docker().deploy;
    let cx = json!({
        "header": header(site, "The way of tasks to the server"),
        "site": site.name.to_string(),
        "cli": site.release.version.to_string(),
        "api": site.api_origin().to_string(),
        "registry": site.storage.registry.host(),
        "user": registry_user(site).unwrap_or_default(),
        "project": deploy.project.as_ref().map(|it| it.to_string()).unwrap_or_default(),
        "loopback": site.storage.registry.is_loopback(),
        "root": site.docker().root.as_str(),
    });
    let body = Body::Text { template: "docker/deploy/deploy.sh", cx };
    emitted("deploy.sh", Mode::Executable, body)
}

/// The builder of the CLI sees loopback as its own, and speaks TLS unless told otherwise.
fn builder(cx: &Cx<'_>) -> PlannedFile {
    let header = header(cx.site, "How images are built and pushed");
    let cx = json!({ "header": header, "registry": cx.site.storage.registry.host() });
    let body = Body::Text { template: "docker/deploy/buildkitd.toml", cx };
    emitted("buildkitd.toml", Mode::Plain, body)
}

/// The commit of actions/checkout v6.0.2: a tag can be moved.
const CHECKOUT: &str = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd";

fn workflow(site: &Site) -> PlannedFile {
    let deploy = &site.docker().deploy;
    let folder = deploy.directory.as_ref().map_or(".", |it| it.as_str());
    let mut secrets = json!({ "TRIGGER_ACCESS_TOKEN": "${{ secrets.TRIGGER_ACCESS_TOKEN }}" });
    if registry_user(site).is_some() {
        secrets["REGISTRY_PASSWORD"] = "${{ secrets.TRIGGER_REGISTRY_PASSWORD }}".into();
    }
    let document = json!({
        "name": format!("deploy tasks to {}", site.name),
        "on": trigger(site),
        "permissions": { "contents": "read" },
        "concurrency": { "group": format!("deploy-{}", site.name) },
        "jobs": { "deploy": {
            "runs-on": "ubuntu-24.04",
            "timeout-minutes": 30,
            "defaults": { "run": { "working-directory": folder } },
            "steps": [
                { "uses": CHECKOUT, "with": { "persist-credentials": false } },
                { "name": "Packages", "run": "npm ci" },
                { "name": "Deploy", "run": "bash deploy.sh", "env": secrets },
            ],
        } },
    });
    let mut header = header(site, "CI job that deploys tasks");
    header.extend([
        format!("Copy it to .github/workflows/ of your repository, and deploy.sh to {}.", match folder {
            "." => "its root".into(),
            it => format!("its folder {it}"),
        }),
        "It needs the secrets of the repository that `env` names. `npm ci` is for projects with package-lock.json.".into(),
    ]);
    emitted("github-workflow.yml", Mode::Plain, Body::Yaml { header, document })
}

/// What starts the job: a push to the branch that changes the folder, or a person.
fn trigger(site: &Site) -> Value {
    let deploy = &site.docker().deploy;
    let mut push = json!({ "branches": [deploy.branch.as_str()] });
    if let Some(folder) = &deploy.directory {
        push["paths"] = json!([format!("{folder}/**")]);
    }
    json!({ "push": push, "workflow_dispatch": {} })
}
