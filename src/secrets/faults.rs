//! What is wrong with the values that a store holds for a site.

use super::Draft;
use super::fill::BCRYPT_LIMIT;
use crate::diag::{Diagnostic, Place};
use crate::fingerprint::sha256;
use crate::release::{env, published_default};
use crate::site::{Needed, Site, Use, form_of, generated};
use crate::value::{Scalar, SecretName};
use std::path::Path;

/// Something wrong with one value.
pub(super) struct Fault {
    name: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

/// Everything that is wrong with the values of a store for this site. What is missing is not.
pub fn faults(draft: &Draft, site: &Site, store: &Path) -> Vec<Diagnostic> {
    let needed = site.needed_secrets();
    let mut faults: Vec<Fault> = example_for_a_real_domain(draft, site).into_iter().collect();
    for fault in needed.iter().filter_map(|needed| of_one(draft, site, needed)) {
        // Two that share a value have one fault together.
        if !faults.iter().any(|it| it.message == fault.message) {
            faults.push(fault);
        }
    }
    let diagnostic = |fault: Fault| {
        let at = Place::Elsewhere(store.display().to_string());
        Diagnostic::error(fault.name, at, fault.message).help(fault.help)
    };
    faults.into_iter().map(diagnostic).collect()
}

fn example_for_a_real_domain(draft: &Draft, site: &Site) -> Option<Fault> {
    (draft.example && site.writes_secrets() && !site.has_example_domain()).then(|| Fault {
        name: "example-secrets",
        message: format!(
            "the secret store holds the published values of an example, and `{}` is no example",
            site.domain
        ),
        help: "move the store away, and the next build makes one of your own".into(),
    })
}

/// What is wrong with one value, the first fault only: the others follow from it.
pub(super) fn of_one(draft: &Draft, site: &Site, needed: &Needed) -> Option<Fault> {
    let (name, value) = (&needed.name, draft.value(&needed.name)?);
    let fault = |fault, message| Fault { name: fault, message, help: help(needed) };
    if let Err(why) = form(site, name, value) {
        let message = format!("the value of `{name}` cannot be used: {why}");
        return Some(fault("malformed-secret", message));
    }
    if let Some(published) = published_default(&sha256(value.as_bytes())) {
        let message = format!(
            "`{name}` has a value that everybody knows: it was published for {}",
            quoted(published.of)
        );
        return Some(fault("published-default-secret", message));
    }
    let (one, other) = twins(draft, site, needed)?;
    Some(fault("shared-secret-value", format!("`{one}` and `{other}` have the same value")))
}

fn quoted(of: &str) -> String {
    if of.contains(' ') { of.to_owned() } else { format!("`{of}`") }
}

/// Whether a value can be what the site makes of it; says what is wrong.
pub(super) fn form(site: &Site, name: &SecretName, value: &str) -> Result<(), String> {
    let is = |it: &str| name.as_str() == it;
    form_of(name.as_str(), value)?;
    if value.chars().any(|c| c.is_control() && c != '\t' && c != '\n') {
        return Err("it holds a control character".into());
    }
    if site.hashed_secrets().contains(name) && value.len() > BCRYPT_LIMIT {
        return Err(format!("it is longer than {BCRYPT_LIMIT} bytes, and bcrypt reads no more"));
    }
    // The bucket is made by a client that takes address, key and secret as one URL, and decodes nothing.
    if site.has_minio()
        && is(env::OBJECT_STORE_SECRET_ACCESS_KEY)
        && value.contains([':', '@', '/'])
    {
        return Err("the MinIO client cannot take `:`, `@` or `/` in it".into());
    }
    Ok(())
}

/// This generated secret and the first other one that has its value, in the order of the site.
fn twins(draft: &Draft, site: &Site, needed: &Needed) -> Option<(&'static str, &'static str)> {
    let value = draft.value(&needed.name).filter(|_| needed.origin == Use::Generated)?;
    let mut same =
        site.generated_names().into_iter().filter(|it| draft.value(&generated(it)) == Some(value));
    let (first, second) = (same.next()?, same.next()?);
    let this = same.find(|it| *it == needed.name.as_str());
    Some((first, this.unwrap_or(second)))
}

fn help(needed: &Needed) -> String {
    let name = &needed.name;
    match needed.origin {
        Use::Supplied(_) => {
            format!("give it another with `trigger-gen secrets set {name} SITE`, on standard input")
        }
        Use::Generated if name.as_str() == env::ENCRYPTION_KEY => {
            "restore the right one from a backup of the store; on a new site, move the store away"
                .into()
        }
        Use::Generated => format!(
            "`trigger-gen secrets rotate {name} SITE` makes another, and names the steps by which a server takes it"
        ),
    }
}

/// The name of a secret of this site, or what was probably meant.
pub(super) fn find(site: &Site, name: &str) -> Result<Needed, Option<SecretName>> {
    let needed = site.needed_secrets();
    if let Some(found) = needed.iter().find(|it| it.name.as_str() == name) {
        return Ok(found.clone());
    }
    let upper = name.to_uppercase().replace('-', "_");
    let nearest = crate::diag::nearest(&upper, needed.iter().map(|it| it.name.as_str()));
    Err(nearest.and_then(|it| SecretName::from_text(it).ok()))
}
