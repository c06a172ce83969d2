//! `release`: from what was written to a row of the catalog.

use super::Cx;
use crate::diag::{Diagnostic, Place};
use crate::release::{self, RELEASES, Release, Version};
use crate::value::ReleaseTag;

pub(super) fn resolve(written: Option<&ReleaseTag>, cx: &mut Cx<'_>) -> &'static Release {
    let newest = release::newest_proven();
    let Some(tag) = written.map(ReleaseTag::as_str) else { return newest };
    let found = Version::parse(tag).and_then(release::find);
    match found {
        Some(release) => release,
        None => {
            cx.sink.push(not_a_release(tag));
            newest
        }
    }
}

fn not_a_release(tag: &str) -> Diagnostic {
    let at = Place::Value("release".into());
    let newest = release::newest_proven().version;
    if let Some(reason) = release::not_an_image(tag) {
        return Diagnostic::error(
            "not-an-image",
            at,
            format!("`{}` is no image to run: {reason}", tag.escape_debug()),
        )
        .help(format!("name a release exactly, for example `{newest}`"))
        .instead(newest.to_string());
    }
    let diagnostic = Diagnostic::error(
        "unknown-release",
        at,
        format!("the catalog has no release `{}`", tag.escape_debug()),
    );
    match tag.strip_prefix('v').and_then(Version::parse) {
        Some(version) if release::find(version).is_some() => diagnostic
            .help(format!("write it without the `v`: `{version}`"))
            .instead(version.to_string()),
        _ => match near(tag) {
            Some(version) => diagnostic
                .help(format!("nearest known: `{version}`; `trigger-gen list releases` names all"))
                .instead(version),
            None => diagnostic.help("`trigger-gen list releases` names all"),
        },
    }
}

/// The release that was probably meant: the nearest number, else the nearest spelling.
fn near(tag: &str) -> Option<String> {
    if let Some(version) = Version::parse(tag) {
        let below = RELEASES.iter().find(|it| it.version < version);
        return below.or(RELEASES.last()).map(|it| it.version.to_string());
    }
    let names: Vec<String> = RELEASES.iter().map(|it| it.version.to_string()).collect();
    crate::diag::nearest(tag, names.iter().map(String::as_str)).map(str::to_owned)
}
