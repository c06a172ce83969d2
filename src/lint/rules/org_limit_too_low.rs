//! A limit of the organisation that its environments cannot use.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(ORG_LIMIT_TOO_LOW, "org-limit-too-low", Warning since "0.1.0", org_limit_too_low);

fn org_limit_too_low(site: &Site, report: &mut Report) {
    let (environment, organization) =
        (site.limits.environment_concurrency, site.limits.organization_concurrency);
    let wanted = environment.saturating_mul(3);
    if organization < wanted {
        let at = Place::Value("limits.concurrency.organization".into());
        let message = format!(
            "{organization} runs at once in an organisation are less than three times the {environment} of one environment"
        );
        let help = format!("write `{wanted}`, or leave the key out");
        report.found(at, message, help).instead = Some(wanted.to_string());
    }
}
