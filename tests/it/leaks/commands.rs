//! Every command, in every format, on a case as it stands; and that no argument is a value.

use super::{Case, FORMATS, hostile};
use std::fs;

/// Runs all of them: first those that write nothing.
#[track_caller]
pub(super) fn all(case: &Case, state: &str) {
    let out = format!("out/{}", case.name);
    for format in FORMATS {
        for command in [
            &["check", "site.yaml"][..],
            &["build", "--check", "site.yaml"],
            &["build", "--locked", "site.yaml"],
            &["verify", &out],
        ] {
            case.run(state, &[command, &["--format", format]].concat(), None);
        }
    }
    for command in [
        &["diff", "site.yaml"][..],
        &["secrets", "list", "site.yaml"],
        &["explain", "ENCRYPTION_KEY"],
        &["explain", "secrets.store"],
        &["list", "artifacts"],
        &["schema"],
        &["man", "secrets", "set"],
        &["init"],
        &["secrets", "rotate", "-n", "SESSION_SECRET", "site.yaml"],
    ] {
        case.run(state, command, None);
    }
    let another = hostile("another value");
    case.needles.borrow_mut().add("a value that is set", &another);
    let lines = format!("two\nlines {another}\n");
    for of in ["POSTGRES_PASSWORD", "NOT_THERE", "GHCR_TOKEN"] {
        for value in [&another, &lines] {
            case.run(state, &["secrets", "set", of, "site.yaml"], Some(value));
        }
    }
    let env = format!(
        "POSTGRES_PASSWORD='{another}\nREDIS_PASSWORD=\"${{X}}{another}\"\nCLICKHOUSE_PASSWORD={another}\n{another}\n"
    );
    fs::write(case.path().join("old.env"), env).expect("written");
    case.run(state, &["secrets", "import", "old.env", "site.yaml"], None);
    let rotate = ["secrets", "rotate", "SESSION_SECRET", "MANAGED_WORKER_SECRET", "site.yaml"];
    case.run(state, &rotate, None);
    case.run(state, &["secrets", "rotate", "ENCRYPTION_KEY", "GHCR_TOKEN", "site.yaml"], None);
    case.run(state, &["secrets", "generate", "site.yaml"], None);
    for format in FORMATS {
        case.run(state, &["build", "site.yaml", "--format", format], None);
    }
}

/// What an argument may be: never a value, since other users see the arguments of every process.
const TAKEN: [&str; 16] = [
    "WHEN", "FOLDER", "FORMAT", "SITE", "NAME", "ENV", "WHAT", "READER", "RELEASE", "SHELL",
    "COMMAND", "DOMAIN", "ADMIN", "FILE", "LINE", "STORE",
];

#[test]
fn no_argument_is_a_value() {
    fn walk(command: &clap::Command, seen: &mut usize) {
        for argument in command.get_arguments().filter(|it| it.get_action().takes_values()) {
            let names = argument.get_value_names().unwrap_or_default();
            let of = format!("{} of {}", argument.get_id(), command.get_name());
            assert!(!names.is_empty(), "{of} takes something without a name");
            assert!(names.iter().all(|it| TAKEN.contains(&it.as_str())), "{of} takes {names:?}");
            *seen += 1;
        }
        command.get_subcommands().for_each(|it| walk(it, seen));
    }
    let (mut command, mut seen) = (trigger_gen::cli::command(), 0);
    command.build();
    walk(&command, &mut seen);
    assert!(seen > 20, "the arguments were not found");
    let secrets = command.find_subcommand("secrets").expect("a command");
    for verb in secrets.get_subcommands().filter(|it| it.get_name() != "help") {
        for argument in verb.get_arguments().filter(|it| it.get_action().takes_values()) {
            let id = argument.get_id().as_str();
            assert!(["name", "words", "site", "env", "out", "color"].contains(&id), "{id}");
        }
    }
}
