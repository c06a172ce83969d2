//! `ctl/upgrades.sh`: what every move to this release meets, for the update that brings it.

use super::super::header;
use crate::plan::{Body, Constant, ShellFile, Words};
use crate::release::upgrade::{NOTES, Note};
use crate::site::Site;

/// The notes up to the release of the site; whoever comes from an older one meets those above it.
pub(super) fn constants(site: &Site) -> Body {
    let to = site.release.version;
    let met = |note: &&Note| note.at <= to && note.until.is_none_or(|until| to <= until);
    let schema = match site.release.migrations {
        Some(it) => {
            format!("{} {} {} {}", it.postgres, it.clickhouse, it.dashboard_agent, it.run_ops)
        }
        None => "unknown".into(),
    };
    let constants = vec![
        Constant {
            name: "SCHEMA",
            about: "how many migrations the release has, of each schema",
            value: Words::One(schema),
        },
        Constant {
            name: "UPGRADES",
            about: "what a move across a release meets: the release, `one-way` or nothing, what and what to do",
            value: Words::Many(NOTES.iter().filter(met).map(row).collect()),
        },
    ];
    let header = header(site, "Moves to this release");
    Body::Shell(ShellFile { header, constants })
}

fn row(note: &Note) -> String {
    let kind = if note.one_way { "one-way" } else { "-" };
    format!("{}\t{kind}\t{}; {}", note.at, note.title, note.action)
}
