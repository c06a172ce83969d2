//! Strings in which variables of Flux stand, and how each reader is told what is one.
//!
//! Everything is a literal unless it is marked: the marks are control characters, which no text of an author may hold. Only when
//! a document is finished does it become what Flux or Helm reads.

use serde_json::Value;

const BEGIN: char = '\u{1}';
const END: char = '\u{2}';

/// A variable that Flux fills in: its name, and what Flux makes of the value, as `/./-`.
pub(super) fn variable(expression: &str) -> String {
    format!("{BEGIN}{expression}{END}")
}

/// A narrow value in which `${NAME}` was accepted as a variable.
pub(super) fn of_narrow(text: &str) -> String {
    text.replace("${", &BEGIN.to_string()).replace('}', &END.to_string())
}

/// The variables that stand in a document, in order, without what is made of them.
pub(super) fn variables(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, &mut |text| {
        for part in text.split(BEGIN).skip(1) {
            let expression = part.split(END).next().unwrap_or_default();
            let end = expression.find('/').unwrap_or(expression.len());
            found.push(expression[..end].to_owned());
        }
    });
    found
}

/// Whether Flux would read something into a document that has no variable.
pub(super) fn is_mistakable(document: &Value) -> bool {
    let mut found = false;
    walk(document, &mut |text| found |= text.contains("$$") || text.contains("${"));
    found
}

/// The document as Flux reads it, when it fills variables in.
pub(super) fn for_flux(document: &mut Value) {
    change(document, &|text| written(text, escaped));
}

/// The document as a reader takes it that fills nothing in.
pub(super) fn for_reader(document: &mut Value) {
    change(document, &|text| written(text, |literal, _| literal.to_owned()));
}

/// The text with its literals written in a language, which is told whether a variable follows.
fn written(text: &str, literal: fn(&str, bool) -> String) -> String {
    let parts: Vec<&str> = text.split(BEGIN).collect();
    let mut out = String::new();
    for (nth, part) in parts.iter().enumerate() {
        let rest = match part.split_once(END) {
            Some((expression, rest)) => {
                out.push_str(&format!("${{{expression}}}"));
                rest
            }
            None => part,
        };
        out.push_str(&literal(rest, nth + 1 < parts.len()));
    }
    out
}

/// Flux takes `$$` for `$`, and `${` for a variable; any other dollar stays.
fn escaped(text: &str, before_variable: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        let next = letters.peek();
        if c == '$' && (matches!(next, Some('$' | '{')) || (next.is_none() && before_variable)) {
            out.push('$');
        }
    }
    out
}

/// A literal as the value of a variable of a container: the kubelet takes `$(NAME)` for another variable, and `$$` for `$`.
pub(super) fn for_kubelet(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        if c == '$' && matches!(letters.peek(), Some('$' | '(')) {
            out.push('$');
        }
    }
    out
}

fn walk(value: &Value, seen: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => seen(text),
        Value::Array(items) => items.iter().for_each(|it| walk(it, seen)),
        Value::Object(entries) => entries.values().for_each(|it| walk(it, seen)),
        _ => {}
    }
}

fn change(value: &mut Value, new: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = new(text),
        Value::Array(items) => items.iter_mut().for_each(|it| change(it, new)),
        Value::Object(entries) => entries.values_mut().for_each(|it| change(it, new)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flux(text: &str) -> String {
        let mut value = json!(text);
        for_flux(&mut value);
        value.as_str().expect("a string").to_owned()
    }

    #[test]
    fn what_is_not_marked_is_literal() {
        assert_eq!(flux("a$b$(c)$"), "a$b$(c)$");
        assert_eq!(flux("${A}"), "$${A}");
        assert_eq!(flux("$$"), "$$$");
        assert_eq!(flux(&format!("x.{}", variable("A/./-"))), "x.${A/./-}");
        assert_eq!(flux(&format!("${}$", variable("A"))), "$$${A}$");
        assert_eq!(of_narrow("trigger.${D}"), format!("trigger.{}", variable("D")));
    }

    #[test]
    fn variables_are_found_by_name() {
        let document = json!({ "a": [variable("B"), { "c": format!("{}-{}", variable("D/./-"), variable("E")) }] });
        assert_eq!(variables(&document), ["B", "D", "E"]);
        assert!(is_mistakable(&json!(["$${A}"])) && !is_mistakable(&json!(["$A", "$(B)", "$"])));
    }

    #[test]
    fn the_kubelet_is_told_what_is_a_dollar() {
        assert_eq!(for_kubelet("$(A) $$ $a $"), "$$(A) $$$ $a $");
    }
}
