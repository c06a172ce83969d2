//! Stores, outputs and sites with errors of every kind: what is said of them repeats nothing.

use super::{Case, Values, commands, hostile, name};
use crate::support;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A case that was built, changed by a hand, and then goes through every command.
fn after(state: &str, own: &[&str], change: impl FnOnce(&Case)) {
    let case = Case::of("classic-vps", Values::Hostile);
    assert_eq!(case.run(state, &["build", "site.yaml"], None).code, 0, "{state}");
    change(&case);
    commands::all(&case, state);
    case.files(state, &[own, &["old.env"]].concat());
}

fn store_text(case: &Case) -> String {
    fs::read_to_string(case.store()).expect("a store")
}

#[test]
fn a_damaged_store_is_not_repeated() {
    let replaced = |from: &'static str, to: &'static str| {
        move |case: &Case| {
            let text = store_text(case);
            assert!(text.contains(from), "{from}");
            case.write_store(text.replacen(from, to, 1));
        }
    };
    after("cut off within a value", &[], |case| {
        let text = store_text(case);
        let at = text.find("POSTGRES_PASSWORD: \"").expect("a value") + 30;
        case.write_store(text.get(..at).expect("within ASCII"));
    });
    after("a quote is missing", &[], replaced("POSTGRES_PASSWORD: \"", "POSTGRES_PASSWORD: "));
    after("a value in the place of a key", &[], replaced("POSTGRES_PASSWORD: \"", "\""));
    after("a name twice", &[], replaced("  REDIS_PASSWORD:", "  POSTGRES_PASSWORD:"));
    after("another format", &[], replaced("format: 1", "format: 2"));
    after("another site", &[], replaced("site: \"classic-vps\"", "site: \"other\""));
    after("an unknown key", &[], replaced("values:", "valeus:"));
    after("a secret is lost", &[], |case| {
        let lines = store_text(case);
        let kept = lines.lines().filter(|it| !it.starts_with("  POSTGRES_PASSWORD"));
        case.write_store(kept.map(|it| format!("{it}\n")).collect::<String>());
    });
    after("another key", &[], |case| {
        let mut draft = case.draft().expect("a store");
        draft.set(name("ENCRYPTION_KEY"), "0123456789abcdef0123456789abcdeF".to_owned());
        case.write_store(draft.write());
    });
    after("two have one value", &[], |case| {
        let mut draft = case.draft().expect("a store");
        draft.set(name("REDIS_PASSWORD"), hostile("POSTGRES_PASSWORD"));
        draft.set(name("CLICKHOUSE_PASSWORD"), format!("{}\u{7}", hostile("x")));
        case.write_store(draft.write());
    });
    after("not text", &[], |case| {
        case.write_store([store_text(case).as_bytes(), b"\xff"].concat());
    });
    after("gone", &[], |case| fs::remove_file(case.store()).expect("removed"));
    let case = Case::of("classic-vps", Values::Hostile);
    fs::set_permissions(case.store(), fs::Permissions::from_mode(0o644)).expect("opened");
    commands::all(&case, "open to others");
}

#[test]
fn an_edited_output_is_not_repeated() {
    const COMPOSE: &str = "docker/webapp/docker-compose.yml";
    let value = hostile("POSTGRES_PASSWORD");
    let edit = |case: &Case, path: &str, edit: &dyn Fn(String) -> String| {
        let path = case.out(path);
        let text = fs::read_to_string(&path).expect("readable");
        let edited = edit(text.clone());
        assert_ne!(edited, text, "{}", path.display());
        fs::write(&path, edited).expect("written");
    };
    after("a secret in a public file", &[COMPOSE, "manifest.json"], |case| {
        edit(case, COMPOSE, &|it| {
            let literal = format!("POSTGRES_PASSWORD: '{}'", value.replace('\'', "''"));
            it.replace("POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}", &literal).replace(
                "DATABASE_URL: ${DATABASE_URL:?}",
                &format!("DATABASE_URL: 'postgresql://x:{}@y:1/z'", value.replace('\'', "''")),
            )
        });
        edit(case, "manifest.json", &|it| {
            it.replace("\"0644\"", &format!("{:?}", hostile("REDIS_PASSWORD")))
        });
    });
    after("a secret in broken YAML", &[COMPOSE], |case| {
        edit(case, COMPOSE, &|it| it.replacen("services:", &format!("services: [\"{value}\n"), 1));
    });
    after("an edited secret file", &[], |case| {
        edit(case, "docker/.env", &|it| {
            let it = it.replace("POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=x");
            it.replace("REDIS_PASSWORD=", "REDIS PASSWORD=")
                .replace("SESSION_SECRET=", "SESSION_SECRET=\"")
        });
    });
    after("a secret file that is open to others", &[".env"], |case| {
        let mode = fs::Permissions::from_mode(0o644);
        fs::set_permissions(case.out("docker/.env"), mode).expect("opened");
    });
    after("no manifest", &[".env"], |case| {
        fs::remove_file(case.out("manifest.json")).expect("removed");
    });
}

/// A value of the store stands in the site file, wherever a person may have put it.
#[test]
fn a_site_with_secrets_in_clear_is_not_repeated() {
    let value = hostile("RESEND_API_KEY");
    let quoted = format!("'{}'", value.replace('\'', "''"));
    let base = support::example_text("classic-vps");
    let base = |from: &str, to: &str| {
        assert!(base.contains(from), "{from} is not in the example");
        base.replacen(from, to, 1)
    };
    let line = |start: &str| {
        let text = support::example_text("classic-vps");
        text.lines().find(|it| it.trim_start().starts_with(start)).expect("a line").to_owned()
    };
    let mut sites = Vec::new();
    for key in ["domain:", "timezone:", "release:", "version:"] {
        sites.push((key, base(&line(key), &format!("{key} {quoted}"))));
    }
    for (what, text) in [
        ("a comment", format!("# {value}\n")),
        ("an unknown key", format!("{quoted}: 1\n")),
        ("an unknown value", format!("unknown: {quoted}\n")),
        ("a variable", format!("env:\n  webapp:\n    NODE_EXTRA_CA_CERTS: {quoted}\n")),
        ("an unknown variable", format!("env:\n  webapp:\n    NO_SUCH: {quoted}\n")),
        (
            "the name of a secret",
            format!("env:\n  webapp:\n    RESEND_API_KEY: {{ secret: {quoted} }}\n"),
        ),
        ("a literal secret", format!("env:\n  webapp:\n    RESEND_API_KEY: {quoted}\n")),
    ] {
        let whole = support::example_text("classic-vps");
        let top = text.split(':').next().unwrap_or_default();
        let clash = whole.lines().any(|it| it.split(':').next() == Some(top));
        assert!(!clash || text.starts_with('#'), "{what} clashes with the example");
        sites.push((what, whole + "\n" + &text));
    }
    let allow = |lint: &str, because: &str| {
        base("allow:\n", &format!("allow:\n  - lint: {lint}\n    because: {because}\n"))
    };
    sites.push(("a reason", allow("floating-image", &quoted)));
    sites.push(("a lint", allow(&quoted, "it is a test")));
    for (what, text) in sites {
        let case = Case::of("classic-vps", Values::Hostile);
        fs::write(case.path().join("site.yaml"), &text).expect("written");
        commands::all(&case, what);
        case.files(what, &["site.yaml", "old.env"]);
        let built = case.run(what, &["build", "site.yaml"], None);
        assert_eq!(built.code, 1, "{what}: a value in clear is no site: {}", built.err);
    }
}

/// YAML that does not parse has no name, so its store is not known: keys tell what may be secret.
#[test]
fn broken_yaml_with_secrets_is_not_repeated() {
    let secret = hostile("RESEND_API_KEY").replace(['\'', '"', '\\', '#'], "");
    for (nth, text) in [
        format!("access:\n  email:\n    resend: {{ api_key: {secret}\nname: [\n"),
        format!("password: \"{secret}\nname: x\n"),
        format!("env: {{ webapp: {{ SESSION_SECRET: {secret}, }}\n"),
        format!("password:\n\t{secret}\n"),
        format!("password:\n{secret}\nname: x\n"),
        format!("name: x\napi_key: |\n{secret}\n"),
        format!("token: &a {secret}\ntoken: *b\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let case = Case::of("classic-vps", Values::Hostile);
        case.needles.borrow_mut().add("a secret in the site", &secret);
        fs::write(case.path().join("site.yaml"), &text).expect("written");
        let what = format!("broken site {nth}");
        let ran = case.run(&what, &["build", "site.yaml"], None);
        assert_eq!(ran.code, 1, "{what}: {}", ran.err);
        commands::all(&case, &what);
        case.files(&what, &["site.yaml", "old.env"]);
    }
}
