//! Who may sign in.

use super::stack::Role;
use super::{Blame, Proof};
use crate::release::env;

pub(super) static UNRESTRICTED_SIGN_IN: Proof = Proof {
    name: "unrestricted-sign-in",
    summary: "The webapp is told who may sign in: otherwise everybody who reaches it may.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::WHITELISTED_EMAILS;
        for webapp in stack.of_role(Role::Webapp) {
            if !webapp.environment.contains_key(name) {
                report.fault(
                    stack.spot(webapp, "environment"),
                    format!(
                        "`{}` lacks `{name}`, so everybody who reaches it may sign in",
                        webapp.name
                    ),
                    format!("set `{name}: ^(.+@example\\.com)$$` with a domain of your own"),
                );
            }
        }
    },
};

pub(super) static UNANCHORED_EMAIL_PATTERN: Proof = Proof {
    name: "unanchored-email-pattern",
    summary: "Every pattern of addresses begins with `^` and ends with `$` where the release does not see to that.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let anchors = stack.release.is_some_and(|it| it.anchors_email_patterns);
        for webapp in stack.of_role(Role::Webapp).filter(|_| !anchors) {
            for name in [env::WHITELISTED_EMAILS, env::ADMIN_EMAILS] {
                let open = |it: &str| !it.starts_with('^') || !it.ends_with('$');
                if webapp.get(name).is_some_and(open) {
                    report.fault(
                        stack.source(webapp, name),
                        format!("`{name}` also matches addresses that only contain what it says"),
                        "begin it with `^(` and end it with `)$`",
                    );
                }
            }
        }
    },
};
