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
mod firewall;
mod install;
mod judges;
mod machine;
mod server;
mod trial;

use crate::support;
use std::path::Path;

/// Where the files of a site are on its server.
const ROOT: &str = "/opt/trigger dev";

/// A site with these lines below `docker.hardening`.
fn site(hardening: &str) -> String {
    let lines: String = hardening.lines().map(|it| format!("    {it}\n")).collect();
    let head = if hardening.is_empty() { "" } else { "  hardening:\n" };
    support::SITE.replace("docker: {}\n", &format!("docker:\n  root: {ROOT}\n{head}{lines}"))
}

/// Writes the install root of a site's server into a folder.
fn write_bundle(site: &str, root: &Path) {
    let tree = support::tree_of(site);
    for (path, file) in &tree.files {
        let Some(below) = path.as_str().strip_prefix("docker/") else { continue };
        let path = root.join(below);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, &file.bytes).expect("a file");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(file.mode.bits());
        std::fs::set_permissions(&path, mode).expect("its mode");
    }
}
