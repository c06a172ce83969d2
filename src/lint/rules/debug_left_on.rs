//! Switches of development on a site.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(DEBUG_LEFT_ON, "debug-left-on", Warning since "0.1.0", debug_left_on);

fn debug_left_on(site: &Site, report: &mut Report) {
    if let Some(mode) = extra::written(site, Reader::Webapp, env::NODE_ENV)
        && mode.value != "production"
    {
        let message = format!("the webapp would run as in {}", mode.value);
        report.found(mode.at, message, "remove it: the image says `production`");
    }
    for reader in [Reader::Webapp, Reader::Supervisor] {
        let Some(debug) = extra::written(site, reader, env::DEBUG) else { continue };
        if !matches!(debug.value, "0" | "false") {
            let message = format!("the {} would log like under a debugger", reader.name());
            report.found(debug.at, message, "remove it once the fault is found");
        }
    }
}
