//! Arguments that no run can follow, and what `-q` leaves unsaid.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

use crate::cli::{Ran, run};
use crate::support::SITE;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("site.yaml"), SITE).expect("written");
    folder
}

#[test]
fn standard_input_is_read_once() {
    let folder = folder();
    for (arguments, usage) in [
        (&["check", "-", "-"][..], "check [OPTIONS] <SITE>..."),
        (&["build", "-", "site.yaml", "-"], "build [OPTIONS] <SITE>..."),
        (&["secrets", "set", "A", "-"], "secrets set [OPTIONS] <NAME> [SITE]"),
        (&["secrets", "import", "-", "-"], "secrets import [OPTIONS] <ENV> [SITE]"),
    ] {
        let ran = run(folder.path(), arguments, None);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        let start = "error: standard input can be read only once";
        assert!(ran.err.starts_with(start), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(&format!("Usage: trigger-gen {usage}")), "{}", ran.err);
    }
    assert!(!folder.path().join("mine.secrets.yaml").exists(), "something was written");
    let ran = run(folder.path(), &["check", "-", "site.yaml"], Some(SITE));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

fn rotate(folder: &Path, arguments: &[&str]) -> Ran {
    let input = arguments.contains(&"-").then_some(SITE);
    run(folder, &[&["secrets", "rotate", "-n"], arguments].concat(), input)
}

#[test]
fn rotate_finds_its_site() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["build", "-q", "site.yaml"], None).code, 0);
    for name in ["other.yml", "third"] {
        fs::copy(folder.path().join("site.yaml"), folder.path().join(name)).expect("copied");
    }
    let names = ["POSTGRES_PASSWORD", "SESSION_SECRET"];
    for site in [&[][..], &["site.yaml"], &["other.yml"], &["third"], &["./third"], &["-"]] {
        let ran = rotate(folder.path(), &[&names, site].concat());
        assert_eq!(ran.code, 0, "{site:?}: {}", ran.err);
        let said =
            "mine.secrets.yaml would get another value for SESSION_SECRET, POSTGRES_PASSWORD";
        assert!(ran.err.contains(said), "{site:?}: {}", ran.err);
    }
    let ran = rotate(folder.path(), &["POSTGRES_PASSWRD"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("`POSTGRES_PASSWORD`"), "the nearest is not named: {}", ran.err);
    let ran = rotate(folder.path(), &["POSTGRES_PASSWORD", "absent.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("cannot read absent.yaml"), "{}", ran.err);
    let ran = rotate(folder.path(), &["site.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("Name at least one"), "{}", ran.err);
}

#[test]
fn quiet_says_only_what_is_wrong() {
    let folder = folder();
    let allowed = SITE.to_owned()
        + "allow:\n  - { lint: known-advisory, because: a test }\n\
           \x20 - { lint: magic-link-only-in-logs, because: a test }\n";
    fs::write(folder.path().join("site.yaml"), allowed).expect("written");
    let said = |arguments: &[&str]| run(folder.path(), arguments, None).err;
    for verb in [&["check"][..], &["build"], &["build", "--check"]] {
        let loud = said(&[verb, &["site.yaml"]].concat());
        assert!(loud.contains("info[known-advisory]"), "{verb:?}: {loud}");
        assert!(loud.contains("\nmine: "), "{verb:?}: {loud}");
        let quiet = said(&[verb, &["-q", "site.yaml"]].concat());
        assert!(quiet.contains("warning[internal-object-store-url]"), "{verb:?}: {quiet}");
        assert!(!quiet.contains("info["), "{verb:?}: {quiet}");
        assert!(!quiet.contains("\nmine: "), "{verb:?}: {quiet}");
    }
    fs::remove_file(folder.path().join("mine.secrets.yaml")).expect("removed");
    assert!(!said(&["build", "--check", "-q", "site.yaml"]).contains("not checked"));
    fs::remove_file(folder.path().join("out/mine/docker/.env.redacted")).expect("removed");
    let differs = run(folder.path(), &["build", "--check", "-q", "site.yaml"], None);
    assert!(differs.out.contains(".env.redacted: missing"), "{}", differs.out);
    assert!(differs.err.contains("mine: 1 difference"), "{}", differs.err);
}
