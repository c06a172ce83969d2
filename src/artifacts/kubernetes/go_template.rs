//! Templates of Go, in which the External Secrets operator puts values together.

use crate::artifacts::setting::Form;
use crate::value::SecretName;

/// A text as a template that makes it: a brace comes from an action wherever it could begin one.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match (c, letters.peek()) {
            ('{', Some('{') | None) => out.push_str("{{ \"{\" }}"),
            _ => out.push(c),
        }
    }
    out
}

/// The action that makes a secret.
pub(super) fn secret(name: &SecretName, form: Form) -> String {
    match form {
        Form::AsItIs => format!("{{{{ .{name} }}}}"),
        // It takes a blank for the `+` of a form, which user information does not know.
        Form::PercentEncoded => format!("{{{{ .{name} | urlquery | replace \"+\" \"%20\" }}}}"),
        // Without the quotes around it, which stand in the text, and without any in the action: it stands between them.
        Form::Json => format!("{{{{ regexReplaceAll `^.|.$` (toJson .{name}) `` }}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_an_action() {
        assert_eq!(literal("a{b}"), "a{b}");
        assert_eq!(literal("{{ .A }}"), "{{ \"{\" }}{ .A }}");
        assert_eq!(literal("a{"), "a{{ \"{\" }}");
        assert_eq!(literal("{{{"), "{{ \"{\" }}{{ \"{\" }}{{ \"{\" }}");
    }
}
