//! `secrets import`: the secrets of a running installation, taken from its `.env`.

use super::dotenv::{Dotenv, Entry};
use super::{Draft, faults};
use crate::release::env;
use crate::site::{
    Clickhouse, ExtraValue, ObjectStore, Postgres, Redis, Registry, Site, Streams, Transport,
    generated,
};
use crate::value::SecretName;
use zeroize::Zeroizing;

/// What an import did. It takes everything, or nothing if anything is in `conflicts` or `refused`:
/// a store must not hold the secrets of two installations. Holds no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// What was put into the store, or would have been.
    pub taken: Vec<SecretName>,
    /// What the store had already, with the same value.
    pub same: Vec<SecretName>,
    /// What the store has with another value.
    pub conflicts: Vec<SecretName>,
    /// What cannot be used, and why.
    pub refused: Vec<(SecretName, String)>,
    /// What was passed over although it may have been meant.
    pub ignored: Vec<Ignored>,
}

/// Something in a `.env` that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The variable, or the line.
    pub what: String,
    /// Why, as a clause.
    pub why: &'static str,
}

impl Imported {
    /// Whether the draft was changed as far as there was anything to take.
    pub fn is_done(&self) -> bool {
        self.conflicts.is_empty() && self.refused.is_empty()
    }
}

/// Where in a `.env` a secret may stand.
enum Spot {
    /// A variable that is the secret.
    Plain(String),
    /// A URL that has it as its password.
    InUrl(&'static str),
}

/// Takes the secrets that the site needs from the text of a `.env`. Never changes a value that exists.
pub fn import(draft: &mut Draft, site: &Site, text: &str) -> Imported {
    let (dotenv, spots) = (Dotenv::read(text), spots(site));
    let mut imported = Imported { ignored: unread(&dotenv, &spots), ..Imported::default() };
    let mut after = draft.clone();
    for needed in site.needed_secrets() {
        let name = needed.name;
        let of_this = spots.iter().filter(|(it, _)| *it == name).map(|(_, spot)| spot);
        let Some(value) = first(&dotenv, of_this, &mut imported.ignored) else { continue };
        match (draft.value(&name), faults::form(site, &name, &value)) {
            (Some(standing), _) if standing == value.as_str() => imported.same.push(name),
            (Some(_), _) => imported.conflicts.push(name),
            (None, Err(why)) => imported.refused.push((name, why)),
            (None, Ok(())) => {
                after.set(name.clone(), value);
                imported.taken.push(name);
            }
        }
    }
    if imported.is_done() {
        *draft = after;
    }
    imported
}

/// The `ENCRYPTION_KEY` of a `.env`, if it says one.
pub fn encryption_key(text: &str) -> Option<Zeroizing<String>> {
    let dotenv = Dotenv::read(text);
    dotenv.get(env::ENCRYPTION_KEY).filter(|it| !it.refers).map(|it| it.value.clone())
}

/// The secrets that the text of a `.env` has with another value than the store.
pub fn differing(draft: &Draft, site: &Site, text: &str) -> Vec<SecretName> {
    let (dotenv, spots) = (Dotenv::read(text), spots(site));
    let differs = |name: &SecretName| {
        let of_this = spots.iter().filter(|(it, _)| it == name).map(|(_, spot)| spot);
        let written = first(&dotenv, of_this, &mut Vec::new());
        written.is_some_and(|it| draft.value(name) != Some(it.as_str()))
    };
    site.needed_secrets().into_iter().map(|it| it.name).filter(differs).collect()
}

/// The value at the first spot that has one.
fn first<'a>(
    dotenv: &Dotenv,
    spots: impl Iterator<Item = &'a Spot>,
    ignored: &mut Vec<Ignored>,
) -> Option<Zeroizing<String>> {
    for spot in spots {
        let Some(entry) = dotenv.get(spot.key()) else { continue };
        match value(entry, spot) {
            Ok(value) => return Some(value),
            Err(why) => ignored.push(Ignored { what: spot.key().into(), why }),
        }
    }
    None
}

fn value(entry: &Entry, spot: &Spot) -> Result<Zeroizing<String>, &'static str> {
    match spot {
        _ if entry.refers => Err("it refers to another variable; write the value itself there"),
        Spot::Plain(_) => Ok(entry.value.clone()),
        Spot::InUrl(_) => password(&entry.value).ok_or("it is no URL with a password"),
    }
}

/// The password of a URL, decoded.
fn password(url: &str) -> Option<Zeroizing<String>> {
    let (_, rest) = url.split_once("://")?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(password.len()));
    let mut rest = password.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?,
            byte => byte,
        });
    }
    let text = std::str::from_utf8(&bytes).ok().filter(|it| !it.is_empty())?;
    Some(Zeroizing::new(text.to_owned()))
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

/// Lines that could not be read, and variables that look like secrets which the site has no use for.
fn unread(dotenv: &Dotenv, spots: &[(SecretName, Spot)]) -> Vec<Ignored> {
    let lines = dotenv.unread.iter().map(|line| Ignored {
        what: format!("line {line}"),
        why: "it is not a variable with a value",
    });
    let secret = |key: &&str| {
        ["SECRET", "PASSWORD", "TOKEN", "_KEY"].iter().any(|end| key.ends_with(end))
            && !spots.iter().any(|(_, spot)| spot.key() == *key)
    };
    let unneeded = dotenv
        .keys()
        .filter(secret)
        .map(|key| Ignored { what: key.into(), why: "the site has no use for it" });
    lines.chain(unneeded).collect()
}

impl Spot {
    fn key(&self) -> &str {
        match self {
            Self::Plain(key) => key,
            Self::InUrl(key) => key,
        }
    }
}

/// Every spot of every secret, the best first: the variable that the programs read, the name in the
/// store, and last a URL.
fn spots(site: &Site) -> Vec<(SecretName, Spot)> {
    let mut spots: Vec<(SecretName, Spot)> = Vec::new();
    let mut plain = |name: &SecretName, keys: &[&str]| {
        spots.extend(keys.iter().map(|key| (name.clone(), Spot::Plain((*key).to_owned()))));
    };
    for name in site.generated_names() {
        plain(&generated(name), &[name]);
    }
    match &site.storage.object_store {
        ObjectStore::Bundled(_) => {
            plain(&generated(env::OBJECT_STORE_SECRET_ACCESS_KEY), &[env::MINIO_ROOT_PASSWORD]);
        }
        ObjectStore::External(it) => {
            plain(&it.secret_access_key, &[env::OBJECT_STORE_SECRET_ACCESS_KEY]);
        }
    }
    if let Redis::External(it) = &site.storage.redis
        && let Some(name) = &it.password
    {
        plain(name, &[env::REDIS_PASSWORD]);
    }
    if let Streams::Hosted { access_token, .. } = &site.storage.streams {
        plain(access_token, &[env::REALTIME_STREAMS_S2_ACCESS_TOKEN]);
    }
    if let Registry::External(it) = &site.storage.registry
        && let Some((_, name)) = &it.login
    {
        plain(name, &[env::DOCKER_REGISTRY_PASSWORD]);
    }
    match site.access.mail.as_ref().map(|it| &it.transport) {
        Some(Transport::Resend { api_key }) => {
            plain(api_key, &[env::RESEND_API_KEY, env::ALERT_RESEND_API_KEY]);
        }
        Some(Transport::Smtp { password: Some(name), .. }) => {
            plain(name, &[env::SMTP_PASSWORD, env::ALERT_SMTP_PASSWORD]);
        }
        Some(Transport::Ses { keys: Some((_, name)), .. }) => {
            plain(name, &[env::AWS_SECRET_ACCESS_KEY]);
        }
        _ => {}
    }
    let apps = [
        (&site.access.github, env::AUTH_GITHUB_CLIENT_SECRET),
        (&site.access.google, env::AUTH_GOOGLE_CLIENT_SECRET),
    ];
    for (app, key) in apps {
        app.iter().for_each(|app| plain(&app.client_secret, &[key]));
    }
    for (key, value) in site.extra.webapp.iter().chain(&site.extra.supervisor) {
        if let ExtraValue::Secret(name) = value {
            plain(name, &[key.as_str()]);
        }
    }
    for (name, _) in &site.supplied {
        plain(name, &[name.as_str()]);
    }
    spots.extend(urls(site));
    spots
}

fn urls(site: &Site) -> impl Iterator<Item = (SecretName, Spot)> {
    let postgres = match &site.storage.postgres {
        Postgres::Bundled { .. } => generated(env::POSTGRES_PASSWORD),
        Postgres::External(it) => it.password.clone(),
    };
    let clickhouse = match &site.storage.clickhouse {
        Clickhouse::Bundled { .. } => generated(env::CLICKHOUSE_PASSWORD),
        Clickhouse::External(it) => it.password.clone(),
    };
    let of_clickhouse =
        [env::CLICKHOUSE_URL, env::QUERY_CLICKHOUSE_URL, env::RUN_REPLICATION_CLICKHOUSE_URL];
    let of_postgres = [env::DATABASE_URL, env::DIRECT_URL];
    let spots = move |name: SecretName, urls: Vec<&'static str>| {
        urls.into_iter().map(move |url| (name.clone(), Spot::InUrl(url)))
    };
    spots(postgres, of_postgres.into()).chain(spots(clickhouse, of_clickhouse.into()))
}
