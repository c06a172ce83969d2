//! How the webapp sends mail.

use super::stack::{Role, Service, Stack};
use super::{Blame, Proof, Report};
use crate::release::env;

/// The two senders of the webapp, each with variables of its own.
struct Sender {
    transport: &'static str,
    from: &'static str,
    resend: &'static str,
    host: &'static str,
    port: &'static str,
    secure: &'static str,
}

/// Of magic links, and of alerts.
const SENDERS: [Sender; 2] = [
    Sender {
        transport: env::EMAIL_TRANSPORT,
        from: env::FROM_EMAIL,
        resend: env::RESEND_API_KEY,
        host: env::SMTP_HOST,
        port: env::SMTP_PORT,
        secure: env::SMTP_SECURE,
    },
    Sender {
        transport: env::ALERT_EMAIL_TRANSPORT,
        from: env::ALERT_FROM_EMAIL,
        resend: env::ALERT_RESEND_API_KEY,
        host: env::ALERT_SMTP_HOST,
        port: env::ALERT_SMTP_PORT,
        secure: env::ALERT_SMTP_SECURE,
    },
];

pub(super) static INCOMPLETE_EMAIL_TRANSPORT: Proof = Proof {
    name: "incomplete-email-transport",
    summary: "A webapp that is told how to send mail is told everything that this way of sending needs.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for webapp in stack.of_role(Role::Webapp) {
            for sender in &SENDERS {
                let Some(transport) = webapp.get(sender.transport) else { continue };
                let needed: &[&str] = match transport {
                    "resend" => &[sender.from, sender.resend],
                    "smtp" => &[sender.from, sender.host, sender.port],
                    "aws-ses" => &[sender.from, env::AWS_REGION],
                    _ => continue,
                };
                for name in needed.iter().filter(|it| !webapp.environment.contains_key(**it)) {
                    report.fault(
                        stack.spot(webapp, sender.transport),
                        format!(
                            "`{}` is `{transport}`, which needs `{name}` too",
                            sender.transport
                        ),
                        format!("set `{name}`, or leave `{}` out", sender.transport),
                    );
                }
            }
        }
    },
};

pub(super) static SMTP_TLS_PORT_MISMATCH: Proof = Proof {
    name: "smtp-tls-port-mismatch",
    summary: "Mail goes out with TLS from the first byte at port 465, and begins in clear at 587.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for webapp in stack.of_role(Role::Webapp) {
            for sender in SENDERS.iter().filter(|it| webapp.get(it.transport) == Some("smtp")) {
                port(stack, report, webapp, sender);
            }
        }
    },
};

fn port(stack: &Stack<'_>, report: &mut Report<'_>, webapp: &Service, sender: &Sender) {
    let secure = matches!(webapp.get(sender.secure), Some("true" | "1"));
    let wanted = match webapp.get(sender.port) {
        Some("465") => true,
        Some("587") => false,
        _ => return,
    };
    if secure != wanted {
        report.fault(
            stack.source(webapp, sender.port),
            format!("`{}` does not fit `{}`, so no mail leaves", sender.port, sender.secure),
            format!("write `{}: \"{wanted}\"`", sender.secure),
        );
    }
}
