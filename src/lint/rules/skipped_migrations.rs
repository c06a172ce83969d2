//! Databases that stay behind the webapp.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(SKIPPED_MIGRATIONS, "skipped-migrations", Error since "0.1.0", skipped_migrations);

fn skipped_migrations(site: &Site, report: &mut Report) {
    let switches = [
        (env::SKIP_POSTGRES_MIGRATIONS, "PostgreSQL"),
        (env::SKIP_CLICKHOUSE_MIGRATIONS, "ClickHouse"),
    ];
    for (name, database) in switches {
        let written = extra::written(site, Reader::Webapp, name);
        if let Some(switch) = written.filter(extra::Written::is_on) {
            report.found(
                switch.at,
                format!("{database} would lack the tables and columns of every later release"),
                "remove it: the webapp brings its databases up to date when it starts",
            );
        }
    }
}
