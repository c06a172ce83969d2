//! Sign-in for people whom nobody knows.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(OPEN_SIGN_UP, "open-sign-up", Warning since "0.1.0", open_sign_up);

/// Domains at which anybody may have an address.
const ANYBODY_HAS_ONE: &[&str] = &[
    "aol.com",
    "gmail.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "mail.ru",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "web.de",
    "yahoo.com",
    "yandex.ru",
];

fn open_sign_up(site: &Site, report: &mut Report) {
    for pattern in &site.access.sign_in {
        let domain = pattern.as_str().strip_prefix("*@").unwrap_or_default().to_lowercase();
        let whom = if pattern.is_everybody() {
            "everybody who reaches the site"
        } else if ANYBODY_HAS_ONE.contains(&domain.as_str()) {
            "everybody who makes an address there"
        } else {
            continue;
        };
        report.found(
            Place::Key("access.sign_in".into()),
            format!("`{pattern}` lets {whom} sign in"),
            "name single addresses, or a domain of your own: `*@example.com`",
        );
    }
}
