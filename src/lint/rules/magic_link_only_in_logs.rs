//! Sign-in by mail without a way to send mail.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(MAGIC_LINK_ONLY_IN_LOGS, "magic-link-only-in-logs", Warning since "0.1.0", magic_link_only_in_logs);

fn magic_link_only_in_logs(site: &Site, report: &mut Report) {
    if site.access.mail.is_none() {
        report.found(
            Place::Key("access.email".into()),
            "no mail leaves this site: magic links appear in the webapp's log alone",
            "name a service: `email: { smtp: { from: trigger@example.com, host: smtp.example.com } }`",
        );
    }
}
