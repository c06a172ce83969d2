//! `completions` and `man`: the shells and readers that take them.

use super::root;
use crate::cli::run;
use crate::consumers::{scrubbed, tool};
use std::io::Write as _;
use std::process::{Command, Stdio};

fn said(arguments: &[&str]) -> String {
    let ran = run(root(), arguments, None);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    ran.out
}

/// Feeds a program, which must be content and say nothing.
fn takes(command: &mut Command, input: &str) {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(input.as_bytes()).expect("standard input");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{command:?}: {said}");
}

#[test]
fn every_shell_completes_every_command() {
    let command = trigger_gen::cli::command();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = said(&["completions", shell]);
        for verb in command.get_subcommands() {
            assert!(script.contains(verb.get_name()), "{shell} lacks {}", verb.get_name());
        }
        assert!(script.contains("deny-warnings"), "{shell} lacks flags");
    }
}

#[test]
fn shells_read_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        // Bash is everywhere; the others are asked where they are.
        let found = ["/bin", "/usr/bin"].map(|folder| std::path::Path::new(folder).join(shell));
        let program = match shell {
            "bash" => tool(shell),
            _ => found.into_iter().find(|it| it.is_file()),
        };
        if let Some(program) = program {
            takes(scrubbed(&program).arg("-n"), &said(&["completions", shell]));
        }
    }
}

#[test]
fn the_manual_names_every_command_and_each_has_a_page() {
    let whole = said(&["man"]);
    assert!(whole.contains(".TH trigger-gen 1"), "{whole}");
    for verb in trigger_gen::cli::command().get_subcommands() {
        let name = verb.get_name();
        assert!(whole.contains(&format!("trigger\\-gen\\-{name}(1)")), "the page lacks {name}");
        let page = said(&["man", name]);
        assert!(page.contains(&format!(".TH trigger-gen-{name} 1")), "{page}");
    }
    assert!(said(&["man", "secrets", "import"]).contains("trigger\\-gen secrets import"));
    assert_eq!(run(root(), &["man", "secrets", "nothing"], None).code, 2);
}
