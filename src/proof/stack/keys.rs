//! Keys of a compose file that compose does not know, and values that it does not read.

use crate::release::compose_keys::{self, Form};
use crate::release::compose_values as texts;
use serde_json::Value;

/// What compose refuses at one place of a compose file.
#[derive(Debug)]
pub(in crate::proof) struct Refusal {
    /// The keys that lead there.
    pub(in crate::proof) route: Vec<String>,
    /// The same, with places in lists.
    pub(in crate::proof) shown: String,
    /// Why.
    pub(in crate::proof) why: Why,
}

/// Why compose refuses something.
#[derive(Debug)]
pub(in crate::proof) enum Why {
    /// It does not know the key.
    Unknown,
    /// It reads something else there: what.
    Malformed(String),
}

/// Everything that compose refuses in a document for its form.
pub(super) fn refused(document: &Value) -> Vec<Refusal> {
    let mut found = Vec::new();
    judge(document, &Form::Keys(compose_keys::DOCUMENT, &[]), &Place::default(), &mut found);
    found
}

#[derive(Default, Clone)]
struct Place {
    route: Vec<String>,
    shown: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let mut below = self.clone();
        below.route.push(key.to_owned());
        below.shown += if below.shown.is_empty() { "" } else { "." };
        below.shown += key;
        below
    }

    fn item(&self, at: usize) -> Self {
        Self { route: self.route.clone(), shown: format!("{}[{at}]", self.shown) }
    }

    fn refuse(&self, why: Why, found: &mut Vec<Refusal>) {
        found.push(Refusal { route: self.route.clone(), shown: self.shown.clone(), why });
    }
}

fn judge(value: &Value, form: &Form, at: &Place, found: &mut Vec<Refusal>) {
    match (form, value) {
        (Form::Maybe(_), Value::Null) => {}
        (Form::Maybe(inner), _) => judge(value, inner, at, found),
        (Form::Either(first, second), _) => either(value, form, [first, second], at, found),
        (Form::List(inner), Value::Array(items)) => {
            for (place, item) in items.iter().enumerate() {
                judge(item, inner, &at.item(place), found);
            }
        }
        (Form::Map(inner), Value::Object(entries)) => {
            entries.iter().for_each(|(key, it)| judge(it, inner, &at.key(key), found));
        }
        (Form::Named(inner), Value::Object(entries)) => {
            for (key, entry) in entries {
                if !texts::is_key(key) {
                    let letters = "a name of Latin letters, digits, `.`, `_` and `-`";
                    at.key(key).refuse(Why::Malformed(letters.into()), found);
                }
                judge(entry, inner, &at.key(key), found);
            }
        }
        (Form::Keys(known, needed), Value::Object(entries)) => {
            for (key, entry) in entries.iter().filter(|(key, _)| !key.starts_with("x-")) {
                match known.iter().find(|(name, _)| name == key) {
                    Some((_, form)) => judge(entry, form, &at.key(key), found),
                    None => at.key(key).refuse(Why::Unknown, found),
                }
            }
            for name in needed.iter().filter(|it| !entries.contains_key(**it)) {
                at.refuse(Why::Malformed(format!("a mapping with `{name}`")), found);
            }
        }
        _ if fits(value, form) => {}
        _ => at.refuse(Why::Malformed(described(form)), found),
    }
}

/// Says what is wrong with the form that was meant, where the value tells which one.
fn either(value: &Value, whole: &Form, forms: [&Form; 2], at: &Place, found: &mut Vec<Refusal>) {
    let tried = forms.map(|form| {
        let mut wrong = Vec::new();
        judge(value, form, at, &mut wrong);
        (form, wrong)
    });
    if tried.iter().any(|(_, wrong)| wrong.is_empty()) {
        return;
    }
    match tried.into_iter().find(|(form, _)| is_meant(value, form)) {
        Some((_, wrong)) => found.extend(wrong),
        None => at.refuse(Why::Malformed(described(whole)), found),
    }
}

fn is_meant(value: &Value, form: &Form) -> bool {
    match form {
        Form::Maybe(inner) => is_meant(value, inner),
        Form::Either(first, second) => is_meant(value, first) || is_meant(value, second),
        Form::List(_) | Form::Distinct | Form::Headed(_) => value.is_array(),
        Form::Map(_) | Form::Named(_) | Form::Keys(..) => value.is_object(),
        Form::Word(..) | Form::OneOf(_) => value.is_string(),
        Form::Whole(..) | Form::Number | Form::Size => value.is_number(),
        Form::Truth | Form::Flag => value.is_boolean(),
        Form::Anything | Form::Text | Form::Scalar => false,
    }
}

/// Whether a value that nothing stands below has a form. What a variable will say is not known here.
fn fits(value: &Value, form: &Form) -> bool {
    let text = value.as_str();
    if text.is_some_and(|it| it.contains('$')) {
        let is_below =
            matches!(form, Form::List(_) | Form::Distinct | Form::Headed(_) | Form::Flag);
        return !is_below && !matches!(form, Form::Map(_) | Form::Named(_) | Form::Keys(..));
    }
    match form {
        Form::Anything => true,
        Form::Text => text.is_some(),
        Form::Word(_, is_fine) => text.is_some_and(is_fine),
        Form::OneOf(known) => text.is_some_and(|it| known.contains(&it)),
        Form::Truth => value.is_boolean() || text.is_some_and(texts::is_truth),
        Form::Flag => value.is_boolean(),
        Form::Whole(least, most) => {
            let number = value.as_i64().or_else(|| text?.parse().ok());
            number.is_some_and(|it| *least <= it && it <= *most)
        }
        Form::Number => value.is_number() || text.is_some_and(|it| it.parse::<f64>().is_ok()),
        Form::Size => value.is_number() || text.is_some_and(texts::is_size),
        Form::Scalar => !value.is_array() && !value.is_object(),
        Form::Distinct => words(value).is_some_and(|words| {
            words.iter().enumerate().all(|(at, it)| !words[..at].contains(it))
        }),
        Form::Headed(heads) => {
            words(value).is_some_and(|it| it.first().is_none_or(|it| heads.contains(it)))
        }
        _ => false,
    }
}

/// The texts of a list that holds nothing else.
fn words(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn described(form: &Form) -> String {
    let listed = |words: &[&str]| format!("one of `{}`", words.join("`, `"));
    match form {
        Form::Anything => "anything".into(),
        Form::Text => "a text".into(),
        Form::Word(what, _) => (*what).into(),
        Form::OneOf(known) => listed(known),
        Form::Truth | Form::Flag => "`true` or `false`".into(),
        Form::Whole(i64::MIN, _) => "a whole number".into(),
        Form::Whole(least, i64::MAX) => format!("a whole number of at least {least}"),
        Form::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Form::Number => "a number".into(),
        Form::Size => "an amount of memory such as `512m`".into(),
        Form::Scalar => "a text or a number".into(),
        Form::Maybe(inner) => described(inner),
        Form::Either(first, second) => format!("{}, or {}", described(first), described(second)),
        Form::List(_) => "a list".into(),
        Form::Distinct => "a list of texts, no two of them alike".into(),
        Form::Headed(heads) => format!("a list of texts, the first {}", listed(heads)),
        Form::Map(_) | Form::Named(_) | Form::Keys(..) => "a mapping".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Why, is_meant, refused};
    use serde_json::{Value, json};

    /// What is refused of one service: where, and what is read there.
    fn of_service(service: Value) -> Vec<(String, String)> {
        let said = |why| match why {
            Why::Unknown => "unknown".to_owned(),
            Why::Malformed(what) => what,
        };
        let found = refused(&json!({ "services": { "a": service } }));
        found.into_iter().map(|it| (it.shown, said(it.why))).collect()
    }

    #[test]
    fn a_place_is_shown_as_it_is_written() {
        let found = refused(&json!({ "services": { "a": { "healthcheck": { "retry": 3 } } } }));
        assert_eq!(found[0].shown, "services.a.healthcheck.retry");
        assert_eq!(found[0].route, ["services", "a", "healthcheck", "retry"]);
        let found = of_service(json!({ "ports": ["1:1", []] }));
        assert_eq!(found[0].0, "services.a.ports[1]");
    }

    #[test]
    fn either_of_two_forms_may_be_meant() {
        let either = Form::Either(&Form::Truth, &Form::Number);
        for (value, meant) in [(json!(true), true), (json!(1), true), (json!("a"), false)] {
            assert_eq!(is_meant(&value, &either), meant, "{value}");
        }
    }

    #[test]
    fn what_is_read_is_said() {
        let said = |service| of_service(service).pop().expect("a refusal").1;
        assert_eq!(said(json!({ "privileged": "maybe" })), "`true` or `false`");
        let words = "a list of texts, no two of them alike";
        assert_eq!(said(json!({ "profiles": [1] })), words);
        assert_eq!(said(json!({ "profiles": ["a", "a"] })), words);
        assert!(said(json!({ "shm_size": "much" })).starts_with("an amount of memory"));
    }

    #[test]
    fn a_variable_stands_for_a_word_and_for_nothing_that_has_parts() {
        assert_eq!(
            of_service(json!({ "privileged": "$X", "shm_size": "${X}", "image": "$X" })),
            []
        );
        assert_eq!(of_service(json!({ "profiles": "$X" })).len(), 1);
        assert_eq!(of_service(json!({ "deploy": "$X" })).len(), 1);
        assert_eq!(of_service(json!({ "develop": "$X", "pre_stop": [{ "a": [1] }] })), []);
        assert_eq!(of_service(json!({ "develop": [1] })), []);
    }
}
