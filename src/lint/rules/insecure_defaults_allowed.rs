//! The webapp told to take secrets that everybody knows.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(INSECURE_DEFAULTS_ALLOWED, "insecure-defaults-allowed", Error since "0.1.0", insecure_defaults_allowed);

fn insecure_defaults_allowed(site: &Site, report: &mut Report) {
    let written = extra::written(site, Reader::Webapp, env::ALLOW_INSECURE_DEFAULT_SECRETS);
    if let Some(switch) = written.filter(extra::Written::is_on) {
        report.found(
            switch.at,
            "the webapp would start with secrets that upstream once published",
            "remove it: trigger-gen makes secrets that nobody else has",
        );
    }
}
