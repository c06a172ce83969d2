//! `secrets rotate` and `secrets generate`: what changes, what is refused, and what is said of it.

use super::*;
use crate::cli::run;
use crate::support;
use std::collections::BTreeSet;
use std::path::Path;
use trigger_gen::manifest::Manifest;
use trigger_gen::secrets::{ROTATIONS, Secrets, Way, changed, explain, keep, rotations};

const SITE: &str = "\
version: 1
name: site
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com], email: { resend: { from: a@example.com, api_key: { secret: RESEND } } } }
docker: {}
";

/// A folder with the site and a complete store of it, whose values are all different.
fn prepared() -> (tempfile::TempDir, Draft) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), SITE).expect("written");
    let mut draft = draft(&[("RESEND", "re_supplied")]);
    fill(&mut draft, &support::site(SITE), 5);
    Store::lock(&folder.path().join("site.secrets.yaml"), "site")
        .and_then(|mut it| it.save(&draft))
        .expect("saved");
    (folder, draft)
}

fn store(folder: &Path) -> Draft {
    match Store::open(&folder.join("site.secrets.yaml"), "site") {
        Ok(Opened::Present(draft)) => draft,
        other => panic!("no store: {other:?}"),
    }
}

/// The names whose values differ.
fn differing(one: &Draft, other: &Draft) -> Vec<String> {
    let names: BTreeSet<_> = one.names().chain(other.names()).collect();
    let differ = names.into_iter().filter(|it| one.value(it) != other.value(it));
    differ.map(ToString::to_string).collect()
}

#[test]
fn every_generated_secret_has_a_row_and_every_row_a_secret() {
    let rows: BTreeSet<&str> = ROTATIONS.iter().map(|it| it.name).collect();
    assert_eq!(rows.len(), ROTATIONS.len(), "a name twice");
    let mut made: BTreeSet<&str> = ["FINGERPRINT_KEY"].into();
    for name in support::example_names() {
        let site = support::example_site(&name);
        made.extend(match site.kubernetes {
            Some(_) => site.generated_in_cluster(),
            None => site.generated_names(),
        });
    }
    assert_eq!(made, rows);
    let never = ROTATIONS.iter().filter(|it| matches!(it.way, Way::Never { .. }));
    assert_eq!(never.map(|it| it.name).collect::<Vec<_>>(), ["ENCRYPTION_KEY", "FINGERPRINT_KEY"]);
    for row in ROTATIONS {
        assert!(row.effect.ends_with('.') && row.old.ends_with('.'), "{}", row.name);
        assert!(row.in_cluster.as_ref().is_none_or(|it| it.effect.ends_with('.')), "{}", row.name);
        assert!(explain(row.name).is_some_and(|it| it.contains(row.name)), "{}", row.name);
    }
    assert_eq!(explain("RESEND"), None);
}

#[test]
fn what_is_asked_for_changes_and_nothing_else() {
    let (folder, before) = prepared();
    let rotate = ["secrets", "rotate", "REDIS_PASSWORD", "DOCKER_REGISTRY_PASSWORD", "site.yaml"];
    let ran = run(folder.path(), &rotate, None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let after = store(folder.path());
    assert_eq!(differing(&before, &after), ["DOCKER_REGISTRY_PASSWORD", "REDIS_PASSWORD"]);
    assert!(after.is_complete(&support::site(SITE)), "the hash belongs to the new password");
    assert_ne!(
        after.bcrypt(&name("DOCKER_REGISTRY_PASSWORD")),
        before.bcrypt(&name("DOCKER_REGISTRY_PASSWORD"))
    );
    for of in ["REDIS_PASSWORD", "DOCKER_REGISTRY_PASSWORD"] {
        let value = after.value(&name(of)).expect("a value");
        assert!(value.len() == 32 && value.bytes().all(|it| it.is_ascii_hexdigit()), "{of}");
        for said in [&ran.out, &ran.err] {
            assert!(!said.contains(value) && !said.contains(before.value(&name(of)).unwrap()));
        }
    }
    let metadata = fs::metadata(folder.path().join("site.secrets.yaml")).expect("a store");
    assert_eq!(metadata.mode() & 0o7777, 0o600);
}

#[test]
fn everything_is_checked_before_anything_is_written() {
    let (folder, before) = prepared();
    for (names, said) in [
        (&["ENCRYPTION_KEY"][..], &["ENCRYPTION_KEY", "environment variable"][..]),
        (&["FINGERPRINT_KEY"], &["no build could tell", "test guesses"]),
        (&["RESEND"], &["access.email.resend.api_key", "secrets set RESEND site.yaml"]),
        (&["POSTGRES_PASWORD"], &["did you mean `POSTGRES_PASSWORD`"]),
        (&["redis-password"], &["did you mean `REDIS_PASSWORD`"]),
        (&["NOTHING_OF_THE_KIND"], &["needs no secret", "secrets list"]),
    ] {
        // One that is right stands before each that is wrong.
        let arguments = [&["secrets", "rotate", "REDIS_PASSWORD"], names, &["site.yaml"]].concat();
        let ran = run(folder.path(), &arguments, None);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{names:?}: {}", ran.err);
        for part in said.iter().chain(&["nothing was rotated"]) {
            assert!(ran.err.contains(part), "{names:?} without {part}: {}", ran.err);
        }
        assert!(store(folder.path()) == before, "{names:?}");
    }
    let all = ["secrets", "rotate", "ENCRYPTION_KEY", "RESEND", "NOPE", "RESEND", "site.yaml"];
    let ran = run(folder.path(), &all, None);
    assert_eq!(ran.err.matches("error: ").count(), 3, "all at once, each once: {}", ran.err);
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let (folder, before) = prepared();
    let path = folder.path().join("site.secrets.yaml");
    let written = || fs::metadata(&path).map(|it| (it.ino(), it.ctime_nsec())).expect("a store");
    let untouched = written();
    let names = ["secrets", "rotate", "POSTGRES_PASSWORD", "MANAGED_WORKER_SECRET", "site.yaml"];
    let dry = run(folder.path(), &[&names[..], &["--dry-run"]].concat(), None);
    assert_eq!((dry.code, written()), (0, untouched), "{}", dry.err);
    assert!(store(folder.path()) == before);
    let real = run(folder.path(), &names, None);
    assert_eq!((real.code, &real.out), (0, &dry.out));
    for part in [
        "password of the role",
        "rotate POSTGRES_PASSWORD",
        "trigger-gen build site.yaml",
        "worker token",
    ] {
        assert!(dry.out.contains(part), "{part} is missing in {}", dry.out);
    }
    let order = ["trigger-gen build", "rotate POSTGRES_PASSWORD", "rotate MANAGED_WORKER_SECRET"]
        .map(|it| dry.out.find(it));
    assert!(order.is_sorted() && order[0].is_some(), "{}", dry.out);
}

/// Each worker host has some of the secrets in a file of its own.
#[test]
fn worker_hosts_are_named_for_what_they_have() {
    let site = support::example_site("split-workers");
    let secrets = support::secrets(&site);
    let tree = trigger_gen::generate(&site, &secrets);
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), support::example_text("split-workers")).unwrap();
    let store = folder.path().join("split-workers.secrets.yaml");
    let mut draft = Draft::new("split-workers");
    draft.fill(&site, random(3));
    Store::lock(&store, "split-workers").and_then(|mut it| it.save(&draft)).expect("saved");
    let env = tree.get("workers/worker-1/.env").expect("a bundle").text();
    for row in ROTATIONS.iter().filter(|it| site.generated_names().contains(&it.name)) {
        let Way::Rotate { on_workers, .. } = row.way else { continue };
        assert_eq!(env.contains(secrets.expose(&name(row.name))), on_workers, "{}", row.name);
        let rotate = ["secrets", "rotate", "-n", row.name, "site.yaml"];
        let ran = run(folder.path(), &rotate, None);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for worker in ["on worker-1\n", "on worker-2\n"] {
            assert_eq!(ran.out.contains(worker), on_workers, "{}", ran.out);
        }
    }
}

fn manifest(draft: &Draft, site: &Site) -> Manifest {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let tree = trigger_gen::generate(site, &Secrets::from_store(draft, &names));
    Manifest::read(&tree.get("manifest.json").expect("a manifest").bytes).expect("a manifest")
}

#[test]
fn a_rotated_secret_is_let_through_and_noticed() {
    let site = site("");
    let mut draft = draft(&[]);
    fill(&mut draft, &site, 21);
    let manifest = manifest(&draft, &site);
    assert_eq!(changed(&manifest, &draft), []);
    let rows =
        rotations(&site, &["SESSION_SECRET".into(), "POSTGRES_PASSWORD".into()], "s").unwrap();
    draft.rotate(&rows, &site, random(22)).unwrap();
    assert_eq!(keep(Some(&manifest), Some(&draft), &site), Ok(()));
    assert_eq!(changed(&manifest, &draft), ["POSTGRES_PASSWORD", "SESSION_SECRET"].map(name));
    // With another key of fingerprints nothing can be told, so nothing is.
    let mut other = Draft::new("site");
    fill(&mut other, &site, 23);
    assert_eq!(changed(&manifest, &other), []);
}

#[test]
fn the_next_build_names_what_changed_and_the_step_before_the_start() {
    let (folder, _) = prepared();
    let build = |more: &[&str]| run(folder.path(), &[&["build", "site.yaml"], more].concat(), None);
    assert!(!build(&[]).err.contains("changed since"));
    let rotate = ["secrets", "rotate", "POSTGRES_PASSWORD", "site.yaml"];
    assert_eq!(run(folder.path(), &rotate, None).code, 0);
    let set = ["secrets", "set", "RESEND", "site.yaml"];
    assert_eq!(run(folder.path(), &set, Some("re_another")).code, 0);
    let ran = build(&[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("to be given to the server: POSTGRES_PASSWORD, RESEND\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("./trigger-ctl.sh rotate POSTGRES_PASSWORD\n"), "{}", ran.err);
    assert_eq!(run(folder.path(), &["build", "--check", "site.yaml"], None).code, 0);
    assert!(!build(&[]).err.contains("changed since"), "said once");
    assert_eq!(run(folder.path(), &rotate, None).code, 0);
    let quiet = build(&["--quiet"]).err;
    assert!(quiet.contains("POSTGRES_PASSWORD") && !quiet.contains("trigger-ctl.sh"), "{quiet}");
}

#[test]
fn there_is_something_to_rotate() {
    let (folder, _) = prepared();
    let path = folder.path().join("site.secrets.yaml");
    let rotate = |more: &[&str]| {
        run(
            folder.path(),
            &[&["secrets", "rotate", "REDIS_PASSWORD", "site.yaml"], more].concat(),
            None,
        )
    };
    let text = fs::read_to_string(&path).expect("a store");
    fs::write(&path, format!("example: true\n{text}")).expect("written");
    for more in [&[][..], &["-n"]] {
        let ran = rotate(more);
        assert!(ran.code == 1 && ran.err.contains("fake"), "{}", ran.err);
    }
    fs::remove_file(&path).expect("removed");
    for more in [&[][..], &["-n"]] {
        let ran = rotate(more);
        assert!(ran.code == 1 && ran.err.contains("no secret store"), "{}", ran.err);
        assert!(!path.exists());
    }
}

/// The way out of a value that must not be used does not ask for a store without one.
#[test]
fn what_is_wrong_with_a_store_can_be_cured() {
    let (folder, mut draft) = prepared();
    draft.set(name("REDIS_PASSWORD"), "password".to_owned());
    draft.set(name("RESEND"), "password".to_owned());
    let path = folder.path().join("site.secrets.yaml");
    Store::lock(&path, "site").and_then(|mut it| it.save(&draft)).expect("saved");
    let ran = run(folder.path(), &["build", "site.yaml"], None);
    assert!(ran.code == 1 && ran.err.contains("secrets rotate REDIS_PASSWORD"), "{}", ran.err);
    assert_eq!(
        run(folder.path(), &["secrets", "rotate", "REDIS_PASSWORD", "site.yaml"], None).code,
        0
    );
    let set = run(folder.path(), &["secrets", "set", "RESEND", "site.yaml"], Some("re_right"));
    assert_eq!(set.code, 0, "{}", set.err);
    assert_eq!(run(folder.path(), &["build", "--locked", "site.yaml"], None).code, 0);
}

#[test]
fn generate_makes_what_a_build_would_make() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), SITE).expect("written");
    let generate = || run(folder.path(), &["secrets", "generate"], None);
    let ran = generate();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let made: Vec<&str> = ran.out.lines().collect();
    let site = support::site(SITE);
    let mut expected = vec!["the key of fingerprints"];
    expected.extend(site.generated_names());
    expected.push("the hash of DOCKER_REGISTRY_PASSWORD");
    assert_eq!(made, expected);
    assert!(ran.err.contains("RESEND is still missing"), "{}", ran.err);
    assert!(!folder.path().join("out").exists());
    let first = store(folder.path());
    let ran = generate();
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(store(folder.path()) == first);
    let set = ["secrets", "set", "RESEND", "site.yaml"];
    assert_eq!(run(folder.path(), &set, Some("re_1")).code, 0);
    assert_eq!(run(folder.path(), &["build", "--locked", "site.yaml"], None).code, 0);
    // What a server may run with is not made again.
    let text = fs::read_to_string(folder.path().join("site.secrets.yaml")).expect("a store");
    let kept: String = text
        .lines()
        .filter(|it| !it.contains("REDIS_PASSWORD"))
        .map(|it| format!("{it}\n"))
        .collect();
    fs::write(folder.path().join("site.secrets.yaml"), &kept).expect("written");
    let ran = generate();
    assert!(ran.code == 1 && ran.err.contains("REDIS_PASSWORD is gone"), "{}", ran.err);
    assert_eq!(fs::read_to_string(folder.path().join("site.secrets.yaml")).unwrap(), kept);
}
