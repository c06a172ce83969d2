//! Which values are secrets, where they stand, and what is hidden from Git.

use super::edges::{COMPOSE, WEBAPP, one, said, tree};
use trigger_gen::proof::{Context, check};

/// The lines of a file beside `.env` in which its values stand.
fn leaks(dotenv: &str, notes: &str) -> Vec<Option<usize>> {
    let found = said(
        "leaked-secret",
        &[(COMPOSE, &one(WEBAPP, "")), (".env", dotenv), ("notes.md", notes)],
    );
    found.into_iter().map(|it| it.line).collect()
}

#[test]
fn a_leak_is_told_with_its_line() {
    let key = "0123456789abcdef0123456789abcdef";
    let notes = format!("one\ntwo\nits key: {key}\n");
    assert_eq!(leaks(&format!("ENCRYPTION_KEY={key}\n"), &notes), [Some(3)]);
}

#[test]
fn a_word_that_may_stand_anywhere_is_no_leak() {
    assert_eq!(leaks("SMTP_PASSWORD=ab12\n", "ab12\n"), []);
    assert_eq!(leaks("SMTP_PASSWORD=abcdefgh\n", "abcdefgh\n"), []);
    assert_eq!(leaks("SMTP_PASSWORD=abcdefg1\n", "abcdefg1\n"), [Some(1)]);
    assert_eq!(leaks("SMTP_PASSWORD=abcdefghijklmnop\n", "abcdefghijklmnop\n"), [Some(1)]);
}

#[test]
fn a_password_in_a_url_is_a_secret() {
    let store = "SOME_STORE=postgres://me:its-word-1234@db.example.com/main\n";
    assert_eq!(leaks(store, "\nits-word-1234\n"), [Some(2)]);
    assert_eq!(leaks("SOME_STORE=postgres://db.example.com/main\n", "db.example.com\n"), []);
}

#[test]
fn lines_of_gitignore_cover_what_git_says() {
    let told = |line: &str, path: &str| {
        let (file, line) = (one(WEBAPP, ""), format!("{line}\n"));
        let tree = tree(&[(COMPOSE, &file), (path, "A=1\n"), (".gitignore", &line)]);
        check(&tree, &Context::default()).iter().any(|it| it.proof == "unignored-secret-file")
    };
    for line in ["a/.env", "/a/.env", "/a/", "/a", ".env", "**/.env", "*.env", "*env"] {
        assert!(!told(line, "a/.env"), "{line}");
    }
    for line in ["", "# a/.env", "!a/.env", "/b", "/a/.en", "*.txt", "a", "/.env", "b/.env"] {
        assert!(told(line, "a/.env"), "{line}");
    }
    assert!(told("#.env", "#.env"), "a comment");
}

#[test]
fn a_secret_beside_a_declared_one_is_undeclared_still() {
    let uses = |name: &str| {
        let file = format!(
            "{}secrets: {{ token: {{ file: token }} }}\n",
            one(WEBAPP, &format!("    secrets: [{name}]\n"))
        );
        said("undeclared-name", &[(COMPOSE, &file), ("token", "")]).len()
    };
    assert_eq!(["token", "other"].map(uses), [0, 1]);
}

#[test]
fn a_secret_is_repeated_within_one_webapp() {
    let twice = |lines: &str| {
        let file = one(WEBAPP, lines);
        said("repeated-secret", &[(COMPOSE, &file)]).len()
    };
    let value = "ab".repeat(16);
    let own = format!("SESSION_SECRET: {value}");
    let other = format!("MAGIC_LINK_SECRET: {value}");
    assert_eq!(twice(&format!("    environment: {{ {own}, {other} }}\n")), 1);
    let beside = format!("  two:\n    image: {WEBAPP}\n    environment: {{ {other} }}\n");
    assert_eq!(twice(&format!("    environment: {{ {own} }}\n{beside}")), 0);
}
