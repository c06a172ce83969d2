//! What a person is shown: colour where it is wanted, and carets under what they mean.

use super::folder;
use crate::cli::run;
use crate::consumers::tool;
use crate::support::SITE;
use std::path::Path;
use std::process::Command;

/// Whether what is said of a wrong site is coloured.
fn coloured(mut command: Command, folder: &Path, environment: &[(&str, &str)]) -> bool {
    command.current_dir(folder).env_clear().envs(environment.iter().copied());
    let output = command.output().expect("the program ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("unknown-key"), "{said}");
    said.contains('\u{1b}')
}

fn wrong() -> tempfile::TempDir {
    folder(&[("site.yaml", &SITE.replace("docker: {}", "dokcer: {}"))])
}

#[test]
fn colour_is_where_it_is_wanted() {
    let folder = wrong();
    let is = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::new(crate::cli::program());
        command.args(["check", "site.yaml"]).args(arguments);
        coloured(command, folder.path(), environment)
    };
    assert!(!is(&[], &[]), "no terminal");
    assert!(is(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!is(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
    assert!(is(&[("NO_COLOR", "1")], &["--color", "always"]), "a flag is nearer than a variable");
    assert!(!is(&[("CLICOLOR_FORCE", "1")], &["--format", "github"]), "programs read no colour");
}

#[test]
fn a_terminal_is_asked() {
    let Some(script) = tool("script") else { return };
    let folder = wrong();
    let is = |environment: &[(&str, &str)]| {
        let mut command = Command::new(&script);
        let line = format!("'{}' check site.yaml", crate::cli::program().display());
        command.args(["-qec", &line, "/dev/null"]);
        coloured(command, folder.path(), environment)
    };
    assert!(is(&[("TERM", "xterm")]));
    assert!(!is(&[("TERM", "dumb")]));
    assert!(!is(&[("TERM", "xterm"), ("NO_COLOR", "1")]));
}

/// A caret stands under what it means, behind tabs and characters of double width.
#[test]
fn wide_characters_and_tabs() {
    let text = "\
version: 1
name: wide
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {\t\"日本語\": {},\thots: {},
  ключ: 1, 絵文字: 1,\t\tpublish: { webapp: 70000 } }
env: { webapp: { \"漢字\": 1, DATABASE_POOL_TIMEOUT:\tえ } }
allow: [{ lint: known-advisory, because: テスト }, { lint: magic-link-only-in-logs, because: x },
  { lint: internal-object-store-url, because: x }]
";
    let folder = folder(&[("site.yaml", text)]);
    let ran = run(folder.path(), &["check", "site.yaml"], None);
    let drawn: Vec<&str> = ran.err.split("\n\n").filter(|it| !it.starts_with("warning")).collect();
    insta::assert_snapshot!(drawn.join("\n\n"));
}
