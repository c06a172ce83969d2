//! `secrets set` and `secrets list`: one value put in, and what is there.

use super::{Draft, Refusal, faults};
use crate::release::env;
use crate::site::{Needed, SecretsInCluster, Site, Use};
use crate::value::{Scalar, SecretName};

/// Puts a value into a store, one line break at its end left out. A refusal holds no value.
pub fn set(draft: &mut Draft, site: &Site, name: &str, value: &str) -> Result<(), Refusal> {
    let needed = faults::find(site, name).map_err(|nearest| unknown(site, name, nearest))?;
    let value = value.strip_suffix('\n').map_or(value, |it| it.strip_suffix('\r').unwrap_or(it));
    let name = &needed.name;
    if needed.origin == Use::Generated
        && draft.value(name).is_some_and(|it| it != value && !it.is_empty())
    {
        return Err(standing(name));
    }
    if value.chars().any(char::is_control) {
        let why = format!("the value for `{name}` holds a line break or another control character");
        return Err(Refusal { why, help: "give one line of text on standard input".into() });
    }
    let mut after = draft.clone();
    after.set(name.clone(), value.to_owned());
    match faults::of_one(&after, site, &needed) {
        Some(fault) => {
            Err(Refusal { why: fault.message, help: format!("give another value for `{name}`") })
        }
        None => {
            *draft = after;
            Ok(())
        }
    }
}

pub(super) fn unknown(site: &Site, name: &str, nearest: Option<SecretName>) -> Refusal {
    if let Some(refusal) = elsewhere(site, name) {
        return refusal;
    }
    // What is no name may be a value that was put in the wrong place.
    let why = match SecretName::from_text(name) {
        Ok(name) => format!("the site `{}` needs no secret `{name}`", site.name),
        Err(refusal) => format!("that is not the name of a secret: {}", refusal.why),
    };
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`trigger-gen secrets list SITE` names those that it needs".into(),
    };
    Refusal { why, help }
}

/// A secret of a cluster that no store has, since nothing of the output holds it.
fn elsewhere(site: &Site, name: &str) -> Option<Refusal> {
    let cluster = site.kubernetes.as_ref()?;
    let place = match &cluster.secrets {
        _ if !is_of_cluster(site, name) => return None,
        SecretsInCluster::Substitute { from, .. } => format!("the Secret `{from}` of the cluster"),
        SecretsInCluster::External { store, entry, .. } => {
            format!("the entry `{entry}` of `{store}`")
        }
        SecretsInCluster::Sops { .. } => return None,
    };
    Some(Refusal {
        why: format!("`{name}` is in {place}, and trigger-gen has no value of it"),
        help: "change it there: the chapter \"Change a secret\" of kubernetes/RUNBOOK.md has every step".into(),
    })
}

fn is_of_cluster(site: &Site, name: &str) -> bool {
    let supplied = site.supplied.iter().any(|(it, _)| it.as_str() == name);
    supplied || site.generated_in_cluster().contains(&name)
}

fn standing(name: &SecretName) -> Refusal {
    let help: String = match name.as_str() == env::ENCRYPTION_KEY {
        true => "it never changes: all that users stored is encrypted with it".into(),
        false => format!(
            "the server has it too: `trigger-gen secrets rotate {name} SITE` makes another and names the steps"
        ),
    };
    Refusal { why: format!("`{name}` has a value already"), help }
}

/// What a store has for a site. Holds no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Every secret that the site needs, in the order of [`Site::needed_secrets`].
    pub needed: Vec<Row>,
    /// What the store holds and the site does not need.
    pub unneeded: Vec<SecretName>,
}

/// One secret that the site needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: SecretName,
    /// Who makes it, or the key of the spec that names it.
    pub origin: Use,
    /// Whether the store has a value for it.
    pub present: bool,
    /// The fingerprint of the value.
    pub fingerprint: Option<String>,
}

/// What a store, if there is one, has for a site.
pub fn list(draft: Option<&Draft>, site: &Site) -> Listing {
    let needed = site.needed_secrets();
    let is_needed = |name: &SecretName| needed.iter().any(|it| it.name == *name);
    let names = draft.into_iter().flat_map(Draft::names);
    let unneeded = names.filter(|name| !is_needed(name)).cloned().collect();
    let row = |Needed { name, origin }: Needed| Row {
        present: draft.is_some_and(|it| it.value(&name).is_some()),
        fingerprint: draft.and_then(|it| it.fingerprint(&name)),
        name,
        origin,
    };
    Listing { unneeded, needed: needed.into_iter().map(row).collect() }
}
