//! What the files for the servers do, on a machine of their own: network, `/etc`, `/run` and processes in namespaces
//! that end with the test. The rules of the firewall are probed from a second one, with ports that a real Docker
//! engine publishes in between; `install` is run with the real sshd, fail2ban, apt and nft.
//!
//! Nothing outside the namespaces is touched. They need root, and most tests take long: `scripts/test` runs them
//! in a step of its own.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

mod docker;
mod examples;
mod firewall;
mod install;
mod judges;
mod machine;
mod server;
mod trial;

use crate::support;
use std::path::Path;
use trigger_gen::site::{Os, Site};
use trigger_gen::tree::{File, Tree};

/// Where the files of `site` are on its server.
const ROOT: &str = "/opt/trigger dev";

/// A site with these lines below `docker.hardening`.
fn site(hardening: &str) -> String {
    let lines: String = hardening.lines().map(|it| format!("    {it}\n")).collect();
    let head = if hardening.is_empty() { "" } else { "  hardening:\n" };
    support::SITE.replace("docker: {}\n", &format!("docker:\n  root: {ROOT}\n{head}{lines}"))
}

/// What goes to one machine of a site.
struct Bundle {
    /// Its files, by their path below the install root.
    files: Vec<(String, File)>,
    /// The install root.
    root: String,
    os: Os,
}

impl Bundle {
    /// That of a site's server.
    fn of(text: &str) -> Self {
        Self::from(&support::site(text), &support::tree_of(text), "docker")
    }

    /// That of a machine of an example: `docker`, or `workers/NAME`.
    fn of_example(name: &str, folder: &str) -> Self {
        Self::from(&support::example_site(name), &support::tree(name), folder)
    }

    fn from(site: &Site, tree: &Tree, folder: &str) -> Self {
        let below = format!("{folder}/");
        let files = tree.files.iter().filter_map(|(path, file)| {
            Some((path.as_str().strip_prefix(&below)?.to_owned(), file.clone()))
        });
        let files: Vec<_> = files.collect();
        assert!(!files.is_empty(), "nothing goes to {folder}");
        Self { files, root: site.docker().root.to_string(), os: site.docker().os }
    }

    /// Writes its files into a folder.
    fn write(&self, root: &Path) {
        for (below, file) in &self.files {
            let path = root.join(below);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &file.bytes).expect("a file");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(file.mode.bits());
            std::fs::set_permissions(&path, mode).expect("its mode");
        }
    }
}
