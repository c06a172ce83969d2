//! Images.

use super::stack::{Role, tag};
use super::{Blame, Proof};
use crate::release::images::{self, State};

pub(super) static UNPINNED_IMAGE: Proof = Proof {
    name: "unpinned-image",
    summary: "Every image has a digest, or a tag that does not move.",
    blame: Blame::Input,
    check: |stack, report| {
        for service in &stack.services {
            let Some(image) = service.image.value.as_deref().filter(|it| !it.is_empty()) else {
                continue;
            };
            let pinned = image.contains("@sha256:") || tag(image).is_some_and(is_fixed);
            if !pinned {
                report.fault(
                    stack.source_of_image(service),
                    format!("`{image}` of `{}` can change from one day to the next", service.name),
                    "name a full version, or a digest",
                );
            }
        }
    },
};

/// Whether a tag names one build: a version of two numbers or more, which no tag that moves has.
fn is_fixed(tag: &str) -> bool {
    let version = tag.trim_start_matches(|c: char| !c.is_ascii_digit());
    version.split(['.', '-', '_']).take_while(|it| it.parse::<u64>().is_ok()).count() >= 2
}

pub(super) static RETIRED_IMAGE: Proof = Proof {
    name: "retired-image",
    summary: "Every image can still be pulled.",
    blame: Blame::Input,
    check: |stack, report| {
        for service in &stack.services {
            let image = service.image.value.as_deref().unwrap_or(&service.image.raw);
            if let Some(row) = images::retired(image).filter(|it| it.state == State::Gone) {
                report.fault(
                    stack.source_of_image(service),
                    format!(
                        "`{}` of `{}` is gone: {}",
                        images::bare(image),
                        service.name,
                        row.reason
                    ),
                    format!("use {}", row.instead),
                );
            }
        }
    },
};

pub(super) static IMAGE_TAG_MISMATCH: Proof = Proof {
    name: "image-tag-mismatch",
    summary: "Webapp and every supervisor have the same tag where it names a release, worker hosts included.",
    blame: Blame::Input,
    check: |stack, report| {
        let image = |role| {
            let images =
                stack.of_role(role).filter_map(|it| Some((it, tag(it.image.value.as_deref()?)?)));
            images.filter(|(_, tag)| is_fixed(tag))
        };
        let Some((webapp, wanted)) = image(Role::Webapp).next() else { return };
        for (service, found) in image(Role::Supervisor).chain(image(Role::Webapp)) {
            if found != wanted {
                report.fault(
                    stack.source_of_image(service),
                    format!("`{}` is of `{found}`, `{}` of `{wanted}`", service.name, webapp.name),
                    "give both one tag: upstream tests and releases them together",
                );
            }
        }
    },
};
