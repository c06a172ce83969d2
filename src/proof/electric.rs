//! Electric, where a stack still runs it.

use super::stack::Role;
use super::{Blame, Proof};
use crate::release::env;

pub(super) static ELECTRIC_WITHOUT_AUTH_MODE: Proof = Proof {
    name: "electric-without-auth-mode",
    summary: "Electric has a secret or is told to do without: with neither it does not start.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for electric in stack.of_role(Role::Electric) {
            let has_secret = electric.get(env::ELECTRIC_SECRET).is_some_and(|it| !it.is_empty());
            let is_open = electric.get(env::ELECTRIC_INSECURE) == Some("true");
            if !has_secret && !is_open {
                report.fault(
                    stack.spot(electric, "environment"),
                    format!(
                        "`{}` has neither `{}` nor `{}`, so it does not start",
                        electric.name,
                        env::ELECTRIC_SECRET,
                        env::ELECTRIC_INSECURE
                    ),
                    format!(
                        "set `{}: \"true\"`, and publish it nowhere: the webapp sends no secret",
                        env::ELECTRIC_INSECURE
                    ),
                );
            }
        }
    },
};
