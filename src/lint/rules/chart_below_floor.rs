//! A chart from before secrets were the author's own.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::chart::SIX_SECRETS;
use crate::site::Site;

lint!(CHART_BELOW_FLOOR, "chart-below-floor", Error since "0.1.0" of release, chart_below_floor);

fn chart_below_floor(site: &Site, report: &mut Report) {
    let Some(chart) = site.kubernetes.as_ref().map(|it| it.chart) else { return };
    if chart < SIX_SECRETS {
        report.found(
            Place::Value("release".into()),
            format!("chart {chart} takes published secrets where one is missing"),
            format!("move to `{SIX_SECRETS}` or newer"),
        );
    }
}
