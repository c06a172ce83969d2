//! A store that is lost, or comes from elsewhere: no output loses the only copy of its `ENCRYPTION_KEY`.

use crate::cli::{Ran, run};
use crate::support::SITE;
use std::fs;
use std::path::{Path, PathBuf};

const REGISTRY: &str = "storage: { registry: { external: { host: ghcr.io, namespace: acme } } }\n";

/// A folder with a site.
struct At(tempfile::TempDir);

impl At {
    fn new(site: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("site.yaml"), site).expect("written");
        Self(folder)
    }

    /// With an output, whose store is lost.
    fn lost() -> Self {
        Self::lost_of(&format!("{SITE}{REGISTRY}"))
    }

    fn lost_of(site: &str) -> Self {
        let at = Self::new(site);
        assert_eq!(at.run(&["build", "site.yaml"]).code, 0);
        fs::remove_file(at.store()).expect("removed");
        at
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn store(&self) -> PathBuf {
        self.path().join("mine.secrets.yaml")
    }

    fn env(&self) -> PathBuf {
        self.path().join("out/mine/docker/.env")
    }

    fn manifest(&self) -> PathBuf {
        self.path().join("out/mine/manifest.json")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(self.path(), arguments, None)
    }

    fn is_refused(&self, arguments: &[&str], parts: &[&str]) -> Ran {
        let before = fs::read(self.env()).ok();
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{arguments:?}: {}", ran.err);
        for part in parts {
            assert!(ran.err.contains(part), "{arguments:?} without {part}: {}", ran.err);
        }
        assert_eq!(fs::read(self.env()).ok(), before, "{arguments:?}");
        ran
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// A variable's value in a `.env`.
fn value(env: &str, name: &str) -> String {
    let line = env.lines().find_map(|it| it.strip_prefix(&format!("{name}=")));
    line.expect("the variable").to_owned()
}

/// The `.env` of another installation of the same site.
fn foreign() -> String {
    let at = At::lost();
    text(&at.env())
}

const OWN_ENV: &str = "out/mine/docker/.env";

#[test]
fn an_import_of_another_installation_is_refused() {
    let at = At::lost();
    let (own, other) = (text(&at.env()), foreign());
    fs::write(at.path().join("other.env"), &other).expect("written");
    let names = ["`other.env` has another `ENCRYPTION_KEY`", OWN_ENV, "nothing was taken"];
    let ran = at.is_refused(&["secrets", "import", "other.env", "site.yaml"], &names);
    for env in [&own, &other] {
        assert!(!ran.err.contains(&value(env, "ENCRYPTION_KEY")), "{}", ran.err);
    }
    assert!(!at.store().exists());
    let ran = run(at.path(), &["secrets", "import", "-", "site.yaml"], Some(&other));
    assert!(ran.code == 1 && ran.err.contains("standard input"), "{}", ran.err);
    assert!(!at.store().exists());
    let ran = at.run(&["secrets", "import", OWN_ENV, "site.yaml"]);
    assert!(ran.code == 0 && !ran.err.contains("cannot be checked"), "{}", ran.err);
    assert_eq!(at.run(&["build", "site.yaml"]).code, 0);
    assert_eq!(text(&at.env()), own);
}

/// A checkout of the output has no secret files. What comes back later is not written over.
#[test]
fn an_import_that_cannot_be_checked_says_so() {
    let at = At::lost();
    let (own, other) = (text(&at.env()), foreign());
    fs::write(at.path().join("other.env"), &other).expect("written");
    fs::remove_file(at.env()).expect("removed");
    let ran = at.run(&["secrets", "import", "other.env", "site.yaml"]);
    let said = "cannot be checked: no `.env` in the output";
    assert!(ran.code == 0 && ran.err.contains(said), "{}", ran.err);
    fs::write(at.env(), &own).expect("written");
    for force in [&[][..], &["--force"]] {
        let build = [&["build", "site.yaml"], force].concat();
        at.is_refused(&build, &[OWN_ENV, "secrets import", "nothing was written"]);
    }
    fs::remove_file(at.env()).expect("removed");
    let ran = at.run(&["build", "site.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["since the import cannot be told", "trigger-ctl.sh rotate POSTGRES_PASSWORD"] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!at.run(&["build", "site.yaml"]).err.contains("since the import"), "said once");
    let first = At::new(&format!("{SITE}{REGISTRY}"));
    let ran = run(first.path(), &["secrets", "import", "-", "site.yaml"], Some(&other));
    assert!(ran.code == 0 && !ran.err.contains("checked"), "there is no output: {}", ran.err);
}

/// Without a `.env`, nothing shows that another secret file of the output is of the installation that was imported.
#[test]
fn a_secret_file_of_unknown_origin_is_not_written_over() {
    let at = At::lost_of(SITE);
    let htpasswd = at.path().join("out/mine/docker/registry/auth.htpasswd");
    let (own, hash) = (text(&at.env()), text(&htpasswd));
    fs::remove_file(at.env()).expect("removed");
    let ran = run(at.path(), &["secrets", "import", "-", "site.yaml"], Some(&own));
    assert_eq!(ran.code, 0, "{}", ran.err);
    at.is_refused(&["build", "site.yaml"], &["auth.htpasswd", "another DOCKER_REGISTRY_PASSWORD"]);
    assert_eq!(text(&htpasswd), hash);
    assert_eq!(at.run(&["build", "--force", "site.yaml"]).code, 0);
    assert_ne!(text(&htpasswd), hash);
}

#[test]
fn a_build_after_an_import_names_what_changed() {
    let at = At::lost();
    let own = text(&at.env());
    let old = value(&own, "POSTGRES_PASSWORD");
    let new = "0123456789abcdef0123456789abcdee";
    let ran =
        run(at.path(), &["secrets", "import", "-", "site.yaml"], Some(&own.replace(&old, new)));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = at.run(&["build", "site.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("given to the server: POSTGRES_PASSWORD\n"), "{}", ran.err);
    assert!(ran.err.contains("trigger-ctl.sh rotate POSTGRES_PASSWORD"), "{}", ran.err);
    assert!(!ran.err.contains(&old) && !ran.err.contains(new), "{}", ran.err);
    assert!(text(&at.env()).contains(new));
    assert!(!at.run(&["build", "site.yaml"]).err.contains("changed since"), "said once");
}

/// A manifest that is there and cannot be read is not taken for none.
#[test]
fn an_unreadable_manifest_is_refused_before_anything_is_made() {
    let at = At::lost();
    let whole = text(&at.manifest());
    let newer = whole.replacen("\"format\": 1", "\"format\": 2", 1);
    assert_ne!(newer, whole);
    for with_env in [true, false] {
        for manifest in ["", "{", &newer, "<<<<<<< HEAD\n"] {
            fs::write(at.manifest(), manifest).expect("written");
            let named = if with_env { OWN_ENV } else { "out/mine/manifest.json" };
            for command in [
                &["build", "site.yaml"][..],
                &["build", "--force", "site.yaml"],
                &["secrets", "generate"],
            ] {
                let ran = at.is_refused(command, &[named, "--new-site"]);
                assert!(!ran.err.contains("--force"), "{}", ran.err);
                assert!(!at.store().exists(), "{command:?} with {manifest:?}");
            }
        }
        let _ = fs::remove_file(at.env());
    }
    let import = ["secrets", "import", "-", "site.yaml"];
    let ran = run(at.path(), &import, Some(&foreign()));
    assert!(ran.code == 1 && ran.err.contains("manifest.json"), "{}", ran.err);
    assert!(!at.store().exists());
    assert_eq!(at.run(&["build", "--new-site", "site.yaml"]).code, 0);
    let aside = at.path().join("out/mine.before-new-site/manifest.json");
    assert_eq!(text(&aside), "<<<<<<< HEAD\n");
}

#[test]
fn a_manifest_is_overwritten_by_force_where_the_store_is_the_right_one() {
    let at = At::new(&format!("{SITE}{REGISTRY}"));
    assert_eq!(at.run(&["build", "site.yaml"]).code, 0);
    let (before, env) = (text(&at.manifest()), text(&at.env()));
    fs::write(at.manifest(), "{").expect("written");
    at.is_refused(&["build", "site.yaml"], &["out/mine/manifest.json", "--force"]);
    assert_eq!(at.run(&["build", "--force", "site.yaml"]).code, 0);
    assert_eq!((text(&at.manifest()), text(&at.env())), (before, env));
}

#[test]
fn an_env_without_manifest_is_evidence_of_a_key() {
    let at = At::lost();
    fs::remove_file(at.manifest()).expect("removed");
    let key = value(&text(&at.env()), "ENCRYPTION_KEY");
    for command in
        [&["build", "site.yaml"][..], &["build", "--force", "site.yaml"], &["secrets", "generate"]]
    {
        let help = "secrets import out/mine/docker/.env";
        let ran = at.is_refused(command, &[OWN_ENV, help, "--new-site"]);
        assert!(!ran.err.contains("--force") && !ran.err.contains(&key), "{}", ran.err);
        assert!(!at.store().exists(), "{command:?}");
    }
    assert_eq!(at.run(&["secrets", "import", OWN_ENV, "site.yaml"]).code, 0);
    assert_eq!(at.run(&["build", "--force", "site.yaml"]).code, 0);
    assert_eq!(value(&text(&at.env()), "ENCRYPTION_KEY"), key);
    fs::remove_file(at.manifest()).expect("removed");
    fs::remove_file(at.store()).expect("removed");
    assert_eq!(at.run(&["build", "--new-site", "site.yaml"]).code, 0);
    let aside = text(&at.path().join("out/mine.before-new-site/docker/.env"));
    assert_eq!(value(&aside, "ENCRYPTION_KEY"), key);
}

/// What the emitter refuses is refused before a store is made.
#[test]
fn nothing_was_written_is_true_of_the_store() {
    let at = At::new(&format!("{SITE}{REGISTRY}"));
    let compose = at.path().join("out/mine/docker/webapp/docker-compose.yml");
    fs::create_dir_all(compose.parent().expect("a folder")).expect("a folder");
    fs::write(&compose, "services: {}\n").expect("written");
    let build = |more: &[&str]| at.run(&[&["build", "site.yaml"], more].concat());
    let ran = build(&[]);
    assert!(ran.code == 1 && ran.err.contains("nothing was written"), "{}", ran.err);
    assert!(!at.store().exists());
    fs::write(at.path().join("out/mine/manifest.json"), "{}").expect("written");
    fs::create_dir_all(at.path().join("out/mine.before-new-site")).expect("a folder");
    let ran = build(&["--new-site"]);
    assert!(ran.code == 1 && ran.err.contains("is there already"), "{}", ran.err);
    assert!(!at.store().exists());
    fs::remove_file(at.path().join("out/mine/manifest.json")).expect("removed");
    assert_eq!(build(&["--force"]).code, 0);
    assert!(at.store().exists());
}

/// A refused value makes no store either.
#[test]
fn nothing_was_taken_is_true_of_the_store() {
    let at = At::new(&format!("{SITE}{REGISTRY}"));
    let import = ["secrets", "import", "-", "site.yaml"];
    assert_eq!(run(at.path(), &import, Some("ENCRYPTION_KEY=short\n")).code, 1);
    let set = ["secrets", "set", "REDIS_PASSWORD", "site.yaml"];
    assert_eq!(run(at.path(), &set, Some("password")).code, 1);
    assert!(!at.store().exists());
}

#[test]
fn a_rotation_is_not_done_by_half() {
    let at = At::new(SITE);
    assert_eq!(at.run(&["build", "site.yaml"]).code, 0);
    let whole = text(&at.env());
    fs::write(at.env(), format!("{whole}MINE=1\n")).expect("written");
    let ran = at.run(&["build", "site.yaml"]);
    assert!(ran.code == 0 && ran.err.contains("edited by hand"), "nothing changed: {}", ran.err);
    let tree = || {
        let htpasswd = at.path().join("out/mine/docker/registry/auth.htpasswd");
        (text(&at.manifest()), text(&htpasswd))
    };
    let before = tree();
    let names = ["DOCKER_REGISTRY_PASSWORD", "REDIS_PASSWORD"];
    let rotate = [&["secrets", "rotate"], &names[..], &["site.yaml"]].concat();
    assert_eq!(at.run(&rotate).code, 0);
    let said = format!("has to get another {}", names.join(", "));
    let parts = ["nothing was written", OWN_ENV, &said, "undo the edit", "--force"];
    let ran = at.is_refused(&["build", "site.yaml"], &parts);
    assert!(!ran.err.contains("auth.htpasswd"), "it was not edited: {}", ran.err);
    assert_eq!(tree(), before);
    fs::write(at.env(), &whole).expect("written");
    let ran = at.run(&["build", "site.yaml"]);
    let said = format!("given to the server: {}\n", names.join(", "));
    assert!(ran.code == 0 && ran.err.contains(&said), "{}", ran.err);
    // A file that has none of what changed may stay as it was edited.
    let htpasswd = at.path().join("out/mine/docker/registry/auth.htpasswd");
    fs::write(&htpasswd, format!("{}more:x\n", text(&htpasswd))).expect("written");
    assert_eq!(at.run(&["secrets", "rotate", "REDIS_PASSWORD", "site.yaml"]).code, 0);
    let ran = at.run(&["build", "site.yaml"]);
    assert!(ran.code == 0 && ran.err.contains("kept out/mine"), "{}", ran.err);
    assert_eq!(at.run(&["secrets", "rotate", names[0], "site.yaml"]).code, 0);
    at.is_refused(&["build", "site.yaml"], &["auth.htpasswd", names[0]]);
    assert_eq!(at.run(&["build", "--force", "site.yaml"]).code, 0);
}

/// Said once, by whatever makes the store.
#[test]
fn a_store_that_git_would_take_is_warned_of() {
    let warned = |ran: &Ran| {
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.err.contains("stands in the Git repository")
    };
    let at = At::new(&format!("{SITE}{REGISTRY}"));
    assert!(!warned(&at.run(&["build", "site.yaml"])), "there is no repository");
    fs::remove_dir_all(at.path().join("out")).expect("removed");
    let again = |command: &[&str]| {
        fs::remove_file(at.store()).expect("removed");
        warned(&at.run(command))
    };
    fs::create_dir(at.path().join(".git")).expect("a folder");
    assert!(again(&["secrets", "generate"]));
    assert!(again(&["build", "--quiet", "site.yaml"]));
    assert!(!warned(&at.run(&["build", "site.yaml"])), "said once");
    fs::remove_dir_all(at.path().join("out")).expect("removed");
    for (ignored, warns) in [
        ("# *.secrets.yaml\n", true),
        ("*.secrets.yaml\n!mine.secrets.yaml\n", true),
        ("*.secrets.yaml\n", false),
        ("/mine.secrets.yaml\n", false),
    ] {
        fs::write(at.path().join(".gitignore"), ignored).expect("written");
        assert_eq!(again(&["secrets", "generate"]), warns, "{ignored}");
    }
    // A site in a folder below.
    fs::write(at.path().join(".gitignore"), "sites/*.secrets.yaml\n").expect("written");
    fs::create_dir(at.path().join("sites")).expect("a folder");
    fs::copy(at.path().join("site.yaml"), at.path().join("sites/site.yaml")).expect("copied");
    assert!(!warned(&at.run(&["secrets", "generate", "sites/site.yaml"])));
}
