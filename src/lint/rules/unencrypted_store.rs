//! A store that is reached without encryption.

use crate::lint::{Report, external};
use crate::site::Site;

lint!(UNENCRYPTED_STORE, "unencrypted-store", Warning since "0.1.0", unencrypted_store);

fn unencrypted_store(site: &Site, report: &mut Report) {
    for server in external::servers(site) {
        if let Some((at, encrypted)) = server.in_clear {
            report.found(
                at,
                format!("passwords and data go to {} at `{}` in clear", server.what, server.host),
                format!("write `{encrypted}`"),
            );
        }
    }
}
