//! Pools that leave the bundled PostgreSQL no connection for anybody else.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::{Postgres, Realtime, Site};

lint!(TOO_FEW_CONNECTIONS, "too-few-connections", Warning since "0.1.0", too_few_connections);

/// What PostgreSQL accepts unless told otherwise, and the bundled one is not.
const ACCEPTED: u32 = 100;
/// Left for replication, migrations, backups and whoever looks into the database.
const HEADROOM: u32 = 10;
/// The pool of Electric, where somebody still runs it.
const ELECTRIC: u32 = 20;

fn too_few_connections(site: &Site, report: &mut Report) {
    if !matches!(site.storage.postgres, Postgres::Bundled { .. }) {
        return;
    }
    let name = env::DATABASE_CONNECTION_LIMIT;
    let Some(limit) = extra::written(site, Reader::Webapp, name) else { return };
    let Ok(pool) = limit.value.parse::<u32>() else { return };
    let electric = matches!(site.storage.realtime, Realtime::Electric { .. });
    let left = ACCEPTED - HEADROOM - if electric { ELECTRIC } else { 0 };
    if pool > left {
        let message = format!(
            "a pool of {pool} connections leaves fewer than {HEADROOM} of the {ACCEPTED} that PostgreSQL accepts"
        );
        report.found(limit.at, message, format!("write at most `{left}`")).instead =
            Some(left.to_string());
    }
}
