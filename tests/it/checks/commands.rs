//! The commands themselves: arguments, exit codes, what they print, and what they never print.

use super::machine::{Machine, answer};
use super::said;
use crate::consumers::root;
use serde_json::Value;
use std::fs;

const ONE: &str = "minimal-vps/docker";

#[test]
fn json_is_as_its_schema_says() {
    let schema = fs::read_to_string(root().join("schema/verify.schema.json")).expect("the schema");
    let validator =
        jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON")).expect("a schema");
    let machine = Machine::of(ONE);
    machine.but(("docker", "*Config.Image*redis".into(), "a\"b\\c\té\n".into(), 0));
    for command in ["verify", "doctor", "status"] {
        let (_, stdout, ..) = machine.run(&[command, "--json"]);
        let document: Value = serde_json::from_str(&stdout).expect("JSON");
        assert!(validator.is_valid(&document), "{stdout}");
        assert!(document.as_array().is_some_and(|it| it.len() > 5));
    }
}

#[test]
fn wrong_calls_end_with_2() {
    let machine = Machine::of(ONE);
    for arguments in [
        &["verify", "--colour"][..],
        &["verify", "--only"],
        &["verify", "--only", "V99"],
        &["verify", "--only", "webapp,no-such"],
        &["doctor", "webapp"],
    ] {
        let (code, stdout, stderr, _) = machine.run(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_check_is_chosen_by_number_or_name() {
    let machine = Machine::of(ONE);
    let (_, checks) = said(&machine, &["verify", "--json", "--only", "V40,redis"]);
    assert_eq!(checks.keys().collect::<Vec<_>>(), ["V40", "V50"]);
}

#[test]
fn a_list_that_is_damaged_or_gone_is_refused() {
    let machine = Machine::of(ONE);
    let list = machine.install().join("checks.json");
    fs::write(&list, "{}\n").expect("a file");
    assert_eq!(machine.run(&["verify"]).0, 6);
    fs::remove_file(&list).expect("gone");
    assert_eq!(machine.run(&["doctor"]).0, 4);
}

/// Before a start nothing of the containers can be asked: that is no failure of theirs.
#[test]
fn before_a_start_containers_are_unknown() {
    let machine = Machine::of(ONE);
    machine.but(("docker", "*State.Running*".into(), String::new(), 1));
    let (code, checks) = said(&machine, &["doctor", "--json"]);
    assert_eq!(checks["V50"].0, "unknown");
    assert_eq!(checks["V20"].0, "pass");
    assert_eq!(code, 3, "{checks:?}");
}

/// A check that breaks off says so instead of passing, and the others are made.
#[test]
fn a_check_that_breaks_off_is_unknown() {
    let machine = Machine::of(ONE);
    machine.but(("sysctl", "*".into(), String::new(), 5));
    let (code, checks) = said(&machine, &["verify", "--json"]);
    assert_eq!(checks["V13"].0, "unknown");
    assert_eq!(code, 3);
}

#[test]
fn people_are_told_what_to_do() {
    let machine = Machine::of(ONE);
    machine.but(answer("curl", "*'/healthcheck'", "ERROR"));
    let (code, stdout, stderr, _) = machine.run(&["verify", "--only", "webapp"]);
    assert_eq!(code, 6);
    assert!(stdout.contains("V40  webapp            FAIL"), "{stdout}");
    assert!(stdout.contains("what to do: trigger-ctl.sh logs webapp"), "{stdout}");
    assert!(stderr.contains("1 checks on minimal-vps: 1 failed"), "{stderr}");
}

/// What is made from outside runs nothing of the machine, and asks the host that is named.
#[test]
fn from_outside_only_the_host_is_asked() {
    let machine = Machine::of("hardened-vps/docker");
    super::well::outside().into_iter().for_each(|it| machine.but(it));
    let (code, stdout, _, calls) =
        machine.run(&["verify", "--json", "--from-outside", "192.0.2.7"]);
    assert_eq!(code, 0, "{stdout}");
    assert_eq!(stdout.matches("\"id\"").count(), 3, "{stdout}");
    assert!(!calls.contains("docker "), "{calls}");
    assert!(calls.contains("--connect-to ::192.0.2.7:443"), "{calls}");
}

/// `status` ends with 3 if a part does not do its work, and warnings are no more than that.
#[test]
fn status_is_degraded_by_critical_checks_alone() {
    let machine = Machine::of(ONE);
    let asked = |machine: &Machine| {
        let (code, checks) = said(machine, &["status", "--json"]);
        assert_eq!(checks.keys().cloned().collect::<Vec<_>>(), {
            let mut ids = machine.ids("here", "status");
            ids.sort();
            ids
        });
        code
    };
    assert_eq!(asked(&machine), 0);
    machine.but(answer("docker", "*OOMKilled*", "true\n"));
    machine.but(answer("df", "*", "Use%\n 85%\n"));
    assert_eq!(asked(&machine), 0);
    machine.but(answer("df", "*", "Use%\n 91%\n"));
    assert_eq!(asked(&machine), 3);
}

/// No secret of `.env` is printed, and none is an argument of a program.
#[test]
fn no_secret_is_shown() {
    for bundle in [ONE, "split-workers/docker", "split-workers/workers/worker-1"] {
        let machine = Machine::of(bundle);
        let text = fs::read_to_string(machine.install().join(".env")).expect(".env");
        let secret = |line: &&str| {
            line.split_once('=').is_some_and(|(name, _)| {
                name.ends_with("SECRET") || name.ends_with("PASSWORD") || name.ends_with("KEY")
            })
        };
        let secrets: Vec<&str> =
            text.lines().filter(secret).filter_map(|it| Some(it.split_once('=')?.1)).collect();
        assert!(!secrets.is_empty());
        let (_, stdout, stderr, calls) = machine.run(&["verify"]);
        let (_, more, also, then) = machine.run(&["doctor", "--json"]);
        let all = [stdout, stderr, calls, more, also, then].concat();
        for it in secrets {
            assert!(!all.contains(it.trim_matches(['"', '\''])), "{bundle}: a secret is shown");
        }
    }
}
