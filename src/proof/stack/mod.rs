//! What the files of a tree say, whoever wrote them: the only thing that a proof looks at.

mod dotenv;
mod keys;
mod load;
mod nginx;
mod role;
mod service;
mod syntax;
mod text;
mod url;
mod xml;

pub(super) use dotenv::Dotenv;
pub(super) use keys::{Refusal, Why};
pub(super) use load::is_compose;
pub(super) use nginx::{Conf, Directive, included, names_a_file};
pub(super) use role::Role;
pub(super) use service::{Service, is_yes, texts};
pub(super) use syntax::{Mount, Port};
pub(super) use text::Reference;
pub(super) use url::{Url, is_loopback, is_service_name};
pub(super) use xml::{Element, elements};

use super::{Context, Spot};
use crate::manifest::{self, Manifest};
use crate::release::{self, Release, Version, images};
use crate::tree::{OutPath, Tree};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Everything that the compose files of a tree say.
pub(super) struct Stack<'a> {
    pub(super) tree: &'a Tree,
    pub(super) context: &'a Context<'a>,
    /// The release that the webapp is of, as far as it can be told.
    pub(super) release: Option<&'static Release>,
    /// Its compose files.
    pub(super) files: Vec<File>,
    /// Its files of variables.
    pub(super) dotenvs: Vec<Dotenv>,
    /// Its files of nginx.
    pub(super) confs: Vec<Conf>,
    /// The folder of each server.
    pub(super) hosts: Vec<String>,
    /// Every service of every file.
    pub(super) services: Vec<Service>,
    /// The objects of its tree for Flux.
    pub(super) objects: Vec<super::cluster::Object>,
    /// What one build wrote, where the tree says so.
    pub(super) manifest: Option<Manifest>,
    /// What could not be read.
    pub(super) troubles: Vec<Trouble>,
}

/// One compose file.
pub(super) struct File {
    pub(super) path: String,
    /// The project that it names.
    pub(super) project: Option<String>,
    /// The project that it gets.
    pub(super) default_project: String,
    pub(super) host: usize,
    /// Its file of variables: an index of [`Stack::dotenvs`].
    pub(super) dotenv: Option<usize>,
    pub(super) networks: BTreeMap<String, Network>,
    pub(super) volumes: BTreeMap<String, Volume>,
    /// Every variable that it names.
    pub(super) references: Vec<Reference>,
    /// What compose refuses in it for its form.
    pub(super) refused: Vec<Refusal>,
    /// The file as it was written.
    pub(super) written: Value,
    /// Whether a `$` in it begins nothing.
    pub(super) stray: bool,
    /// Files whose variables services take whole.
    pub(super) env_files: Vec<String>,
}

impl File {
    /// Whether a network of this file has this name only because of the folder that the file is in.
    pub(super) fn names_by_folder(&self, real: &str) -> bool {
        let unnamed = |it: &Network| !it.external && it.written.get("name").is_none();
        let by_default = !self.networks.contains_key("default")
            && format!("{}_default", self.default_project) == real;
        let by_key = self.networks.values().any(|it| unnamed(it) && it.real == real);
        self.project.is_none() && (by_default || by_key)
    }
}

/// A declared network.
pub(super) struct Network {
    pub(super) real: String,
    pub(super) internal: bool,
    pub(super) external: bool,
    pub(super) written: Value,
}

/// A declared volume.
pub(super) struct Volume {
    pub(super) real: String,
    pub(super) external: bool,
    pub(super) written: Value,
}

/// A file, or a line of it, that is not what its name promises.
pub(super) struct Trouble {
    pub(super) path: String,
    pub(super) line: Option<usize>,
    pub(super) what: String,
}

impl Trouble {
    pub(super) fn of(path: &OutPath, line: Option<usize>, what: impl Into<String>) -> Self {
        Self { path: path.to_string(), line, what: what.into() }
    }
}

impl<'a> Stack<'a> {
    /// Reads a tree.
    pub(super) fn of(tree: &'a Tree, context: &'a Context<'a>) -> Self {
        let mut stack = Self {
            tree,
            context,
            release: None,
            files: Vec::new(),
            dotenvs: Vec::new(),
            confs: Vec::new(),
            hosts: Vec::new(),
            services: Vec::new(),
            objects: Vec::new(),
            manifest: None,
            troubles: Vec::new(),
        };
        load::load(&mut stack);
        nginx::load(&mut stack);
        let (objects, troubles) = super::cluster::load(&stack);
        stack.objects = objects;
        stack.troubles.extend(troubles);
        if let Some(file) = tree.get(manifest::PATH) {
            stack.manifest = Manifest::read(&file.bytes);
            if stack.manifest.is_none() {
                stack.troubles.push(Trouble {
                    path: manifest::PATH.into(),
                    line: None,
                    what: "is not a manifest of a format that this trigger-gen knows".into(),
                });
            }
        }
        stack.release = context.release.or_else(|| stack.named_release());
        if context.building {
            stack.leave_out_chosen();
        }
        stack
    }

    /// What the author wrote by hand was held against the release before; where it leads is the author's.
    fn leave_out_chosen(&mut self) {
        let chosen = self.context.chosen;
        for service in &mut self.services {
            service.environment.retain(|name, _| !chosen.contains(name));
        }
    }

    /// The release that the tag of an image, `.env` or the manifest names.
    fn named_release(&self) -> Option<&'static Release> {
        let tags = self.of_role(Role::Webapp).chain(self.of_role(Role::Supervisor));
        let tags = tags.filter_map(|it| tag(it.image.value.as_deref()?).map(str::to_owned));
        let kept = self.dotenvs.iter().filter_map(|it| it.values.get(load::TAG).cloned());
        let listed = self.manifest.iter().map(|it| it.release.clone());
        let version = |it: String| Version::parse(it.strip_prefix('v').unwrap_or(&it));
        tags.chain(kept).chain(listed).filter_map(version).find_map(release::find)
    }

    /// Whether the author says that a host is outside the stack, to this run or to the one that built the tree.
    pub(super) fn is_outside(&self, host: &str) -> bool {
        let listed = self.manifest.iter().flat_map(|it| &it.outside);
        self.context.outside.iter().chain(listed).any(|it| it == host)
    }

    /// Whether the author added a variable.
    pub(super) fn is_chosen(&self, name: &str) -> bool {
        let listed = self.manifest.iter().flat_map(|it| &it.chosen);
        self.context.chosen.iter().chain(listed).any(|it| it == name)
    }

    /// What a YAML file of the tree says, or why that cannot be told.
    pub(super) fn document(&self, path: &OutPath, text: &str) -> Result<Cow<'a, Value>, String> {
        match self.context.documents.and_then(|it| it.get(path)) {
            Some(known) => Ok(Cow::Borrowed(known)),
            None => crate::yaml::read_value(text).map(Cow::Owned),
        }
    }

    /// Every service of a kind.
    pub(super) fn of_role(&self, role: Role) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(move |it| it.role == role)
    }

    /// Every service on the server of another one, itself included.
    pub(super) fn beside(&self, service: &Service) -> impl Iterator<Item = &Service> {
        let host = service.host;
        self.services.iter().filter(move |it| it.host == host)
    }

    /// The service that another one reaches under a name.
    pub(super) fn reached(&self, from: &Service, host: &str) -> Option<&Service> {
        self.beside(from)
            .find(|it| from.networks.iter().any(|network| it.answers_to(host, &network.real)))
    }

    /// The service that a URL of another one leads to.
    pub(super) fn server_of(&self, from: &Service, url: &Url) -> Option<&Service> {
        self.reached(from, &url.host)
    }

    /// The file that declares a service.
    pub(super) fn file(&self, service: &Service) -> &File {
        &self.files[service.file]
    }

    /// The file of the tree that a service mounts: one beside its compose file, or one below the folder on the
    /// server into which the tree is copied.
    pub(super) fn mounted(&self, service: &Service, source: &str) -> Option<String> {
        let folder = load::folder(&self.file(service).path);
        let beside = joined(folder, source).filter(|it| self.tree.get(it).is_some());
        let below = || {
            let parts = source.strip_prefix('/')?;
            let tails = parts.match_indices('/').map(|(at, _)| &parts[at + 1..]);
            tails.map(str::to_owned).find(|it| self.tree.get(it).is_some())
        };
        beside.or_else(below)
    }

    /// Where a service stands in its file, or a key of it.
    pub(super) fn spot(&self, service: &Service, key: &str) -> Spot {
        let path = &self.file(service).path;
        let text = self.tree.get(path).map_or("", |it| it.text());
        let route = ["services", &service.name, key];
        Spot {
            path: path.clone(),
            line: line_of(text, &route[..if key.is_empty() { 2 } else { 3 }]),
        }
    }

    /// Where a variable of a service gets its value: in `.env` if it is taken from there unchanged.
    pub(super) fn source(&self, service: &Service, name: &str) -> Spot {
        let file = self.file(service);
        let raw = service.environment.get(name).map_or("", |it| it.raw.as_str());
        let mut named = Vec::new();
        text::references(raw, &mut named);
        match (named.as_slice(), file.dotenv) {
            ([only], Some(dotenv)) if raw.starts_with("${") && raw.ends_with('}') => {
                let dotenv = &self.dotenvs[dotenv];
                match dotenv.line(&only.name) {
                    line @ Some(_) => Spot { path: dotenv.path.clone(), line },
                    None => self.spot(service, name),
                }
            }
            _ => self.spot(service, name),
        }
    }

    /// Where the tag of an image is decided: in `.env` if it is taken from there.
    pub(super) fn source_of_image(&self, service: &Service) -> Spot {
        let mut named = Vec::new();
        text::references(&service.image.raw, &mut named);
        let dotenv = self.file(service).dotenv.map(|it| &self.dotenvs[it]);
        let kept = dotenv.zip(named.last()).and_then(|(it, last)| Some((it, it.line(&last.name)?)));
        match kept {
            Some((dotenv, line)) => Spot { path: dotenv.path.clone(), line: Some(line) },
            None => self.spot(service, "image"),
        }
    }

    /// The networks that a supervisor attaches runs to, as far as anything is on them.
    pub(super) fn runner_networks<'s>(&self, supervisor: &'s Service) -> Vec<&'s str> {
        let list = supervisor.get(release::env::DOCKER_RUNNER_NETWORKS).unwrap_or_default();
        list.split(',').filter(|name| self.beside(supervisor).any(|it| it.is_on(name))).collect()
    }
}

/// The line on which a key stands below others, in block style; that of the last one found where the rest is not.
/// The last key may also stand deeper: a variable of a service stands below `environment`.
pub(super) fn line_of(text: &str, route: &[&str]) -> Option<usize> {
    let (line, complete) = search(text, route, false);
    if complete { line } else { search(text, route, true).0.or(line) }
}

/// As [`line_of`], and whether all keys were found.
fn search(text: &str, route: &[&str], last_is_deeper: bool) -> (Option<usize>, bool) {
    let mut found = None;
    // The indentation of the key that was found last, and of what stands directly below it.
    let (mut above, mut below) = (None, Some(0));
    let mut left = route;
    for (at, line) in text.lines().enumerate() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let [key, rest @ ..] = left else { break };
        let indent = line.len() - content.len();
        let is_item = content.starts_with("- ");
        if above.is_some_and(|it| indent < it || (indent == it && !is_item)) {
            break;
        }
        let is_direct = indent == *below.get_or_insert(indent);
        let fits = is_direct || (last_is_deeper && rest.is_empty());
        if fits && is_key(content.trim_start_matches("- "), key) {
            found = Some(at + 1);
            (above, below) = (Some(indent), None);
            left = rest;
        }
    }
    (found, left.is_empty())
}

/// Whether a line begins with a key, or with a variable of a list of variables.
fn is_key(content: &str, key: &str) -> bool {
    let content = content.trim_start_matches(['"', '\'']);
    let after = content.strip_prefix(key);
    after.is_some_and(|it| it.is_empty() || it.starts_with([':', '=', '"', '\'']))
}

/// The tag of an image reference.
pub(super) fn tag(reference: &str) -> Option<&str> {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    name.strip_prefix(images::bare(reference))?.strip_prefix(':')
}

/// A relative path joined to a folder of the tree; `None` when it leaves the tree or is absolute.
pub(super) fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Whether a value stands for a secret that is not known here.
pub(super) fn is_placeholder(value: &str) -> bool {
    (value.contains('<') && value.contains('>')) || value.matches(WITHHELD).count() >= 2
}

/// How the placeholder of an unknown secret begins and ends.
const WITHHELD: &str = "withheld";

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_line_is_looked_for_below_its_own_key_alone() {
        let text = "services:\n  a:\n    image: x\n    ports:\n    - y\n  b:\n    image: z\n    command: w\n";
        assert_eq!(line_of(text, &["services", "a", "image"]), Some(3));
        assert_eq!(line_of(text, &["services", "b", "image"]), Some(7));
        assert_eq!(line_of(text, &["services", "a", "command"]), Some(2), "it has none");
        assert_eq!(line_of(text, &["services", "c"]), Some(1));
        assert_eq!(line_of(text, &["networks"]), None);
    }

    #[test]
    fn items_may_stand_below_their_key_without_indentation() {
        let text = "services:\n  a:\n    environment:\n    # why\n\n    - A=1\n    - B=2\n    image: x\n  b:\n    environment:\n    - C=3\n";
        let variable = |service, name| line_of(text, &["services", service, "environment", name]);
        assert_eq!(variable("a", "A"), Some(6));
        assert_eq!(variable("a", "B"), Some(7));
        assert_eq!(variable("b", "C"), Some(11));
        assert_eq!(variable("a", "C"), Some(3), "it has none");
        assert_eq!(line_of(text, &["services", "a", "image"]), Some(8));
    }
}
