//! What could not be done: a report that is lost, and files that cannot be read.

use super::{FORMATS, WRONG, folder, valid};
use crate::cli::run;
use crate::support::SITE;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// How a run ends whose result goes to a full disk.
fn into_full(folder: &Path, arguments: &[&str]) -> Option<i32> {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let mut command = Command::new(crate::cli::program());
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.stdout(full).stderr(Stdio::null()).status().expect("the program starts").code()
}

#[test]
fn a_report_that_is_lost_is_no_success() {
    let folder = folder(&[("site.yaml", SITE), ("wrong.yaml", WRONG)]);
    assert_eq!(into_full(folder.path(), &["build", "site.yaml"]), Some(0), "it has no result");
    for format in FORMATS.into_iter().filter(|it| *it != "human") {
        for arguments in [
            &["check", "site.yaml"][..],
            &["check", "wrong.yaml"],
            &["build", "site.yaml"],
            &["build", "--check", "site.yaml"],
            &["verify", "out/mine"],
        ] {
            let code = into_full(folder.path(), &[arguments, &["--format", format]].concat());
            // A report without findings is empty here: nothing of it can be lost.
            let empty = format == "github" && arguments.contains(&"out/mine");
            assert_eq!(code, Some(if empty { 0 } else { 2 }), "{format} {arguments:?}");
        }
    }
}

#[test]
fn a_site_that_cannot_be_read_is_a_finding() {
    let folder = folder(&[("site.yaml", SITE)]);
    fs::create_dir(folder.path().join("folder.yaml")).expect("a folder");
    fs::write(folder.path().join("binary.yaml"), b"name: \xff\xfe\n").expect("written");
    let large = format!("{SITE}#{}\n", "x".repeat(4 * 1024 * 1024));
    fs::write(folder.path().join("large.yaml"), large).expect("written");
    for (file, why) in [
        ("absent.yaml", "No such file"),
        ("folder.yaml", "Is a directory"),
        ("binary.yaml", "valid UTF-8"),
        ("large.yaml", "larger than 4 MiB"),
    ] {
        for verb in ["check", "build"] {
            let told = |format| run(folder.path(), &[verb, "--format", format, file], None);
            let json = valid(&told("json"));
            let finding = &json["diagnostics"][0];
            assert_eq!(json["diagnostics"].as_array().map(Vec::len), Some(1), "{json}");
            assert_eq!(
                (&finding["name"], &finding["file"], &json["exit_code"]),
                (&"unreadable-site".into(), &file.into(), &2.into())
            );
            let message = finding["message"].as_str().expect("a message");
            assert!(message.contains(why), "{file}: {message}");
            let github = told("github");
            let start = format!("::error file={file},title=unreadable-site::cannot read {file}: ");
            assert!(github.out.starts_with(&start), "{}", github.out);
            let sarif = super::document(&told("sarif"));
            assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unreadable-site");
            assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
            let human = told("human");
            assert!(human.code == 2 && human.err == format!("error: {message}\n"), "{}", human.err);
        }
    }
    let ran = run(folder.path(), &["explain", "domain", "--site", "absent.yaml"], None);
    assert!(ran.code == 2 && ran.err.starts_with("error: cannot read absent.yaml"), "{}", ran.err);
}

#[test]
fn a_folder_or_store_that_verify_cannot_use_is_a_finding() {
    let folder = folder(&[("site.yaml", SITE)]);
    assert_eq!(run(folder.path(), &["build", "-q", "site.yaml"], None).code, 0);
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    for (arguments, name, code) in [
        (&["nowhere"][..], "unreadable-folder", 2),
        (&["empty"], "unreadable-folder", 2),
        (&["empty", "--store", "mine.secrets.yaml"], "missing-manifest", 1),
        (&["out/mine", "--store", "absent.secrets.yaml"], "secret-store", 2),
    ] {
        let ran = run(folder.path(), &[&["verify", "--format", "json"], arguments].concat(), None);
        let document = valid(&ran);
        assert_eq!(document["diagnostics"][0]["name"], name, "{document}");
        assert_eq!(ran.code, code, "{name}");
    }
}
