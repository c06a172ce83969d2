//! Runs that wait for a file on the node.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::Version;
use crate::site::Site;
use std::ops::RangeInclusive;

/// The releases that cannot do without it.
const LOCKED: RangeInclusive<Version> = Version(4, 5, 5)..=Version(4, 5, 11);

lint!(SECCOMP_LOCKED_RUNTIME, "seccomp-locked-runtime", Warning since "0.1.0" of release, seccomp_locked_runtime);

fn seccomp_locked_runtime(site: &Site, report: &mut Report) {
    let version = site.release.version;
    if site.kubernetes.is_some() && LOCKED.contains(&version) {
        let mended = Version(4, 5, 12);
        report.found(
            Place::Value("release".into()),
            format!("runs of {version} on Node 24 and newer need a seccomp profile that no node has by itself"),
            format!("move to `{mended}` or newer"),
        );
    }
}
