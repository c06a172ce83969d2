//! A major version that gets no fixes any more.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::images::POSTGRES_14;
use crate::site::{Postgres, Site};

lint!(END_OF_LIFE_IMAGE, "end-of-life-image", Warning since "0.1.0", end_of_life_image);

fn end_of_life_image(site: &Site, report: &mut Report) {
    if !matches!(site.storage.postgres, Postgres::Bundled { version: 14 }) {
        return;
    }
    let Some(day) = POSTGRES_14.end_of_life else { return };
    let at = Place::Value("storage.postgres.bundled.version".into());
    report
        .found(
            at,
            format!("PostgreSQL 14 gets no fixes after {day}"),
            "write `17` for a new site; a volume that 14 wrote has to be dumped and restored first",
        )
        .notes
        .push("keep `14` while the volume is the old one: another major version refuses to start on it".into());
}
