//! `ctl/site.sh` in the hands of the real bash: every string is the same there, whatever it looks like.

use super::server::bundles;
use crate::consumers::{root, run, scrubbed, tool};
use crate::injection::Random;
use crate::support;
use serde_json::json;
use std::path::Path;
use trigger_gen::plan::{Body, Constant, Plan, PlannedFile, ShellFile, Words};
use trigger_gen::render::render;
use trigger_gen::tree::{Mode, OutPath};

/// What a shell could take for more than itself.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "'",
    "''",
    "\"",
    "\\",
    "\\'",
    "it's",
    "'\\''",
    "$HOME",
    "$(id >&2)",
    "`id`",
    "${X:?no}",
    "a\nb",
    "\n",
    "a b",
    "*",
    "~",
    "#",
    " # x",
    ")",
    "(",
    "a)\nreadonly X=1",
    "; exit 1",
    "&& id",
    "| id",
    "> /tmp/x",
    "!",
    "-n",
    "Straße 日本語 🦀",
    "\u{a0}\u{200b}\u{202e}",
    "\t",
    "\u{1}",
    "\\n",
    "%s",
    "{a,b}",
    "[a-z]",
    "=",
    "\u{7f}",
];

/// The words of a constant after bash has sourced the text.
fn sourced(text: &str, name: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("site.sh");
    std::fs::write(&file, text).expect("a file");
    let script = "set -euo pipefail; source \"$1\"; declare -n it=$2; printf '%s\\0' \"${it[@]}\"";
    let mut bash = scrubbed(&tool("bash").expect("bash"));
    let output =
        run(bash.args(["-c", script, "bash"]).arg(&file).arg(name).current_dir(folder.path()));
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8(output.stdout).expect("UTF-8");
    words.split_terminator('\0').map(str::to_owned).collect()
}

fn rendered(value: Words) -> String {
    let constants = vec![Constant { name: "HOSTILE", about: "a value", value }];
    let body = Body::Shell(ShellFile { header: vec!["Head.".into()], constants });
    let path = OutPath::new("site.sh").expect("a path");
    let file = PlannedFile { path, mode: Mode::Plain, artifact: "test", body };
    render(Plan { files: vec![file] }).tree.get("site.sh").expect("the file").text().to_owned()
}

#[test]
fn every_string_is_itself_in_bash() {
    let mut random = Random::from(0x5be11);
    let texts = HOSTILE.iter().map(|it| (*it).to_owned());
    let texts: Vec<String> = texts
        .chain(std::iter::repeat_with(|| random.text()).take(400))
        .filter(|it| !it.contains(['\0', '\r']))
        .collect();
    assert_eq!(sourced(&rendered(Words::Many(texts.clone())), "HOSTILE"), texts);
    for text in &texts[..HOSTILE.len()] {
        assert_eq!(
            sourced(&rendered(Words::One(text.clone())), "HOSTILE"),
            std::slice::from_ref(text)
        );
    }
}

/// From the site file to bash: each free text that a constant holds.
#[test]
fn free_text_of_the_site_is_itself_in_bash() {
    for text in ["it's", "$(id)`id`", "a b\\", "\"x\" # y", "';exit 1;'", "日本語"] {
        let site = json!({
            "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.example.com",
            "access": { "admins": ["ops@example.com"] },
            "storage": { "postgres": { "external": {
                "host": "db.example.com", "database": text, "username": text,
                "password": { "secret": "DB_PASSWORD" },
            } } },
            "docker": { "root": "/srv/my apps/x" },
        });
        let tree = support::tree_of(&site.to_string());
        let constants = tree.get("docker/ctl/site.sh").expect("the constants").text();
        for name in ["POSTGRES_DATABASE", "POSTGRES_USER"] {
            assert_eq!(sourced(constants, name), [text]);
        }
        assert_eq!(sourced(constants, "INSTALL_ROOT"), ["/srv/my apps/x"]);
    }
}

/// The shell files of every example as their judges see them.
#[test]
fn emitted_scripts_are_well_formed() {
    let scripts = bundles().into_iter().flat_map(|(example, part)| {
        let folder = root().join("out").join(example).join(part);
        let parts = trigger_gen::artifacts::control_script_parts().map(|it| it.0);
        let shell = parts.filter(|it| Path::new(it).extension().is_some_and(|it| it == "sh"));
        shell.chain(["ctl/site.sh"]).map(|it| folder.join(it)).collect::<Vec<_>>()
    });
    let scripts: Vec<_> = scripts.collect();
    assert!(scripts.len() > 50, "{}", scripts.len());
    for script in &scripts {
        let output = run(scrubbed(&tool("bash").expect("bash")).arg("-n").arg(script));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let judges: [(&str, &[&str]); 2] =
        [("shellcheck", &["-S", "style"]), ("shfmt", &["-d", "-i", "2", "-ci"])];
    for (judge, options) in judges {
        let Some(program) = tool(judge) else { continue };
        let output = run(scrubbed(&program).args(options).args(&scripts));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}
