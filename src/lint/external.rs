//! The servers of the author's that the webapp calls.

use crate::diag::Place;
use crate::site::{Clickhouse, ObjectStore, Postgres, Redis, Site, Transport};

/// A server that is not part of the stack.
pub(super) struct Server {
    /// What it is, as a message says it.
    pub(super) what: &'static str,
    /// Its name or address.
    pub(super) host: String,
    /// The key that names it.
    pub(super) at: Place,
    /// Where it is reached without encryption: the key that says so, and what to write there.
    pub(super) in_clear: Option<(Place, String)>,
}

/// Every server of the author's, in the order of the reference.
pub(super) fn servers(site: &Site) -> Vec<Server> {
    stores(site).into_iter().chain(mail(site)).collect()
}

fn stores(site: &Site) -> Vec<Server> {
    let storage = &site.storage;
    let mut servers = Vec::new();
    if let Postgres::External(it) = &storage.postgres {
        servers.push(server("PostgreSQL", &it.host, "postgres", it.tls, "require"));
    }
    if let Redis::External(it) = &storage.redis {
        servers.push(server("Redis", &it.host, "redis", it.tls, "true"));
    }
    if let Clickhouse::External(it) = &storage.clickhouse {
        servers.push(server("ClickHouse", &it.host, "clickhouse", it.tls, "true"));
    }
    if let ObjectStore::External(it) = &storage.object_store {
        let at = Place::Value("storage.object_store.external.endpoint".into());
        let encrypted = it.endpoint.to_string().replacen("http:", "https:", 1);
        servers.push(Server {
            what: "the object store",
            host: it.endpoint.host().into(),
            in_clear: (!it.endpoint.tls).then(|| (at.clone(), format!("endpoint: {encrypted}"))),
            at,
        });
    }
    servers
}

fn server(
    what: &'static str,
    host: &impl ToString,
    key: &str,
    tls: bool,
    encrypted: &str,
) -> Server {
    let place = |last: &str| Place::Value(format!("storage.{key}.external.{last}").as_str().into());
    Server {
        what,
        host: host.to_string(),
        at: place("host"),
        in_clear: (!tls).then(|| (place("tls"), format!("tls: {encrypted}"))),
    }
}

fn mail(site: &Site) -> Option<Server> {
    let Transport::Smtp { host, .. } = &site.access.mail.as_ref()?.transport else { return None };
    let at = Place::Value("access.email.smtp.host".into());
    Some(Server { what: "the mail server", host: host.to_string(), at, in_clear: None })
}
