//! What is left of version 3.

use super::stack::Role;
use super::{Blame, Proof};
use crate::release::images;

pub(super) static V3_ARTEFACT: Proof = Proof {
    name: "v3-artefact",
    summary: "No service of version 3 runs: the supervisor does the work of coordinator and provider.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| it.role == Role::Other) {
            let image = service.image.value.as_deref().unwrap_or(&service.image.raw);
            if images::is_of_v3(image) {
                report.fault(
                    stack.spot(service, "image"),
                    format!(
                        "`{}` is of version 3, and no run of version 4 ever reaches it",
                        service.name
                    ),
                    "take it out: the supervisor starts the runs",
                );
            }
        }
    },
};
