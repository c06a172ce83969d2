//! E-mail addresses, who they match, and how a sender is written.

use super::{Refusal, Scalar, checked_text, forbidden_character};

checked_text! {
    /// One e-mail address.
    EmailAddress is "an e-mail address" like "ops@example.com"
    matching "^[^@\\s*]+@[^@\\s*]+\\.[^@\\s*]+$" by address
}

checked_text! {
    /// Who may sign in: one address, `*@domain`, or `*` for everybody.
    EmailPattern is "an e-mail address, or `*@` and a domain" like "*@example.com"
    matching "^(\\*|(\\*|[^@\\s*]+)@[^@\\s*]+\\.[^@\\s*]+)$" by pattern
}

checked_text! {
    /// A sender: an address, or a name and an address in angle brackets.
    Mailbox is "an address, or a name and an address in angle brackets" like "Trigger <trigger@example.com>"
    matching "^([^<>]+ <[^@<>\\s*]+@[^@<>\\s*]+\\.[^@<>\\s*]+>|[^@<>\\s*]+@[^@<>\\s*]+\\.[^@<>\\s*]+)$" by mailbox
}

checked_text! {
    /// An address without a character that any reader would have to quote.
    ContactEmail is "a plain e-mail address" like "ops@example.com"
    matching "^[A-Za-z0-9._+-]+@([a-z0-9-]+\\.)+[a-z0-9-]+$" by contact
}

impl EmailPattern {
    /// Whether it lets everybody in.
    pub fn is_everybody(&self) -> bool {
        self.as_str() == "*"
    }

    /// The expression that matches the whole of each address it means, and nothing else.
    /// Upstream compares without anchors before 4.5.2, so the anchors are ours.
    pub fn expression(&self) -> String {
        match self.as_str().split_once('@') {
            None => ".+".into(),
            Some(("*", domain)) => format!("[^@]+@{}", escaped(domain)),
            Some((local, domain)) => format!("{}@{}", escaped(local), escaped(domain)),
        }
    }
}

impl From<&EmailAddress> for EmailPattern {
    fn from(address: &EmailAddress) -> Self {
        Self(address.as_str().into())
    }
}

/// One expression that matches exactly the addresses that the patterns mean.
pub(crate) fn anchored<'a>(patterns: impl IntoIterator<Item = &'a EmailPattern>) -> String {
    let expressions: Vec<String> = patterns.into_iter().map(EmailPattern::expression).collect();
    format!("^({})$", expressions.join("|"))
}

/// Escapes what a JavaScript regular expression would read as more than itself.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if r"\^$.|?*+()[]{}/-".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

fn address(text: &str) -> Result<(), Refusal> {
    let Some((local, domain)) = text.split_once('@') else {
        return Err(Refusal::new("it has no `@`"));
    };
    local_part(local).and_then(|()| mail_domain(domain))
}

fn contact(text: &str) -> Result<(), Refusal> {
    address(text)?;
    let (local, domain) = text.split_once('@').unwrap_or((text, ""));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    match local.starts_with('-') || !local.chars().all(plain) || !domain.chars().all(is_host) {
        true => Err(Refusal::new(
            "letters, digits, `.`, `_`, `+` and `-` may stand in it, and a domain in lower case",
        )),
        false => Ok(()),
    }
}

fn pattern(text: &str) -> Result<(), Refusal> {
    match text.split_once('@') {
        None if text == "*" => Ok(()),
        None => Err(Refusal::new("it has no `@`").instead(format!("*@{text}"))),
        Some(("", domain)) => {
            Err(Refusal::new("nothing stands before the `@`").instead(format!("*@{domain}")))
        }
        Some(("*", domain)) => mail_domain(domain),
        Some((local, domain)) => local_part(local).and_then(|()| mail_domain(domain)),
    }
}

/// As for any text: Linux starts no program with a variable of more than 128 KiB.
const LONGEST: usize = 4096;

fn mailbox(text: &str) -> Result<(), Refusal> {
    if let Some(why) = forbidden_character(text) {
        return Err(Refusal::new(why));
    }
    if text.len() > LONGEST {
        return Err(Refusal::new(format!("it is longer than {LONGEST} bytes")));
    }
    if text.trim() != text {
        let why = "a blank stands at its beginning or end";
        return Err(Refusal::new(why).instead(text.trim()));
    }
    let Some((name, rest)) = text.split_once('<') else {
        return address(text);
    };
    let Some(inner) = rest.strip_suffix('>') else {
        return Err(Refusal::new("`<` is not closed by `>` at the end"));
    };
    if name.trim().is_empty() || !name.ends_with(' ') || name.contains('>') {
        return Err(
            Refusal::new("a name and one blank must stand before `<`").instead(inner.to_owned())
        );
    }
    address(inner)
}

fn local_part(text: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'+-/=?^_`{|}~.".contains(c);
    match text {
        "" => Err(Refusal::new("nothing stands before the `@`")),
        _ if text.len() > 64 => Err(Refusal::new("more than 64 characters stand before the `@`")),
        _ if text.contains('*') => {
            Err(Refusal::new("`*` stands for a whole local part only: `*@example.com`"))
        }
        _ => match text.chars().find(|c| !allowed(*c)) {
            Some(c) => {
                Err(Refusal::new(format!("`{}` cannot stand before the `@`", c.escape_default())))
            }
            None => Ok(()),
        },
    }
}

fn mail_domain(text: &str) -> Result<(), Refusal> {
    super::Domain::from_text(&text.to_lowercase()).map(drop).map_err(|refusal| {
        Refusal::new(format!("`{}` is not a mail domain: {}", text.escape_default(), refusal.why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> EmailPattern {
        EmailPattern::from_text(text).expect(text)
    }

    #[test]
    fn expressions_are_anchored_and_escaped() {
        let patterns = [pattern("a.b+c@example.com"), pattern("*@example.org")];
        assert_eq!(anchored(&patterns), r"^(a\.b\+c@example\.com|[^@]+@example\.org)$");
        assert_eq!(anchored(&[pattern("*")]), "^(.+)$");
    }

    #[test]
    fn half_patterns_are_refused_with_what_was_meant() {
        assert_eq!(
            EmailPattern::from_text("example.com").expect_err("no @").instead.as_deref(),
            Some("*@example.com")
        );
        for bad in
            ["a*@example.com", "*@", "a@b", "a@@example.com", "a b@example.com", ".*@example.com|x"]
        {
            assert!(EmailPattern::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sender_may_have_a_name() {
        for good in ["a@example.com", "Trigger \"Prod\" $ü <a@example.com>"] {
            assert!(Mailbox::from_text(good).is_ok(), "{good}");
        }
        for bad in [
            "Trigger a@example.com",
            "X<a@example.com>",
            "X <a@example.com",
            "<a@example.com>",
            "X\n <a@example.com>",
            " X <a@example.com>",
            &format!("{} <a@example.com>", "x".repeat(4096)),
        ] {
            assert!(Mailbox::from_text(bad).is_err(), "{bad:?}");
        }
    }
}
