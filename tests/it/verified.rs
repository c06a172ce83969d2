//! What `verify` says of an output of ours, as a person runs it.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

use crate::cli::run;
use crate::support::SITE;
use std::fs;
use tempfile::TempDir;

fn built(more: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("site.yaml"), format!("{SITE}{more}")).expect("written");
    let ran = run(folder.path(), &["build", "-q", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    folder
}

const WITH_STORE: [&str; 4] = ["verify", "out/mine", "--store", "mine.secrets.yaml"];

#[test]
fn a_secret_file_is_compared_by_who_has_the_store() {
    let folder = built("");
    let ran = run(folder.path(), &WITH_STORE, None);
    assert_eq!((ran.code, ran.err.contains("not compared")), (0, false), "{}", ran.err);
    let path = folder.path().join("out/mine/docker/.env");
    let text = fs::read_to_string(&path).expect("readable");
    let line = text.lines().find(|it| it.starts_with("SESSION_SECRET=")).expect("a secret");
    fs::write(&path, text.replace(line, &format!("SESSION_SECRET={}", "ab01".repeat(8))))
        .expect("written");

    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert_eq!(ran.code, 0, "without the store nothing can be told: {}", ran.err);
    assert!(
        ran.err.contains("2 secret files not compared with the manifest: no store"),
        "{}",
        ran.err
    );
    let ran = run(folder.path(), &WITH_STORE, None);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(
        ran.out.contains("docker/.env: was changed since it was built [manifest-hash]"),
        "{}",
        ran.out
    );
}

#[test]
fn a_checkout_has_no_secret_files_and_holds_all_the_same() {
    let folder = built("");
    let file = |path: &str| folder.path().join("out/mine/docker").join(path);
    fs::remove_file(file("registry/auth.htpasswd")).expect("removed");
    let half = run(folder.path(), &["verify", "out/mine"], None);
    assert_eq!(half.code, 1, "one of two is missing: {}", half.err);
    fs::remove_file(file(".env")).expect("removed");
    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let said = "2 secret files not here: what they would hold is read in their twins";
    assert!(ran.err.contains(said), "{}", ran.err);
    let kept = run(folder.path(), &WITH_STORE, None);
    assert_eq!(kept.code, 1, "who has the store has the files: {}", kept.err);

    let twin = file(".env.redacted");
    let text = fs::read_to_string(&twin).expect("readable");
    fs::write(&twin, text.replace("APP_ORIGIN=https", "APP_ORIGIN=http")).expect("written");
    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert!(ran.out.contains("docker/.env.redacted"), "{}", ran.out);
    fs::remove_file(&twin).expect("removed");
    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert!(ran.out.contains("docker/.env.redacted: is listed by the manifest"), "{}", ran.out);
}

#[test]
fn a_store_that_cannot_be_used_is_said() {
    let folder = built("");
    let ran = run(folder.path(), &["verify", "out/mine", "--store", "other.secrets.yaml"], None);
    assert_eq!(ran.code, 2, "{}", ran.err);
    fs::remove_file(folder.path().join("out/mine/manifest.json")).expect("removed");
    let ran = run(folder.path(), &WITH_STORE, None);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("holds no manifest"), "{}", ran.err);
}

#[test]
fn what_the_site_says_of_its_servers_is_known() {
    let folder = built(
        "storage:
  redis:
    external: { host: cache, tls: false }
env:
  webapp: { OBJECT_STORE_S3_BASE_URL: http://store }
allow:
  - { lint: unencrypted-store, because: a network of its own }
",
    );
    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_allowed_is_said_and_no_fault() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = SITE.replace("docker: {}", "docker: { images: { redis: 'redis:7' } }")
        + "allow: [{ lint: floating-image, because: a trial }]\n";
    fs::write(folder.path().join("site.yaml"), text).expect("written");
    assert_eq!(run(folder.path(), &["build", "-q", "site.yaml"], None).code, 0);
    let ran = run(folder.path(), &["verify", "out/mine"], None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("`unpinned-image` is not asked: the site allows it"), "{}", ran.err);
}

/// What was not looked at does not hold.
#[test]
fn a_folder_without_a_stack_is_no_good_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("README.md"), "a kit\n").expect("written");
    fs::write(path(".env"), "A=1\n").expect("written");
    std::os::unix::fs::symlink("elsewhere.yml", path("docker-compose.yml")).expect("a link");
    let ran = run(folder.path(), &["verify", "."], None);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("holds no compose file to look at"), "{}", ran.err);

    fs::write(path("docker-compose.coolify.yml"), "services: { redis: { image: 'redis:7' } }\n")
        .expect("written");
    let ran = run(folder.path(), &["verify", "."], None);
    assert!(ran.out.contains("[unpinned-image]"), "{}{}", ran.out, ran.err);
}
