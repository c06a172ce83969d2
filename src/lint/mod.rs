//! Advice about a site: what could be compiled and had better not be run.
//!
//! Invariant: a check sees the [`Site`] alone, so the same site is always given the same advice.

mod allow;
mod broken;
mod external;
mod extra;
mod holes;
mod image;
mod rules;

pub use rules::LINTS;

use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::site::Site;
use allow::Allowances;
use broken::Broken;

/// A bad pattern by name, with the function that finds it and the page that explains it.
#[derive(Debug)]
pub struct Lint {
    /// The pattern, in kebab-case; reads well after "allow", and stays for ever.
    pub name: &'static str,
    /// How bad a finding is, unless it is allowed.
    pub severity: Severity,
    /// The version of trigger-gen that first had it.
    pub since: &'static str,
    /// Its page, in Markdown.
    pub explain: &'static str,
    /// Whether what it finds depends on the release: it has nothing to say while that is wrong.
    of_release: bool,
    check: fn(&Site, &mut Report),
}

impl Lint {
    /// The first sentence of its page.
    pub fn summary(&self) -> &'static str {
        self.explain.lines().next().unwrap_or_default()
    }

    fn findings(&self, site: &Site) -> Vec<Diagnostic> {
        let mut report = Report { name: self.name, severity: self.severity, findings: Vec::new() };
        (self.check)(site, &mut report);
        report.findings
    }
}

/// What one lint finds. Fills in name and severity, so that a check states only what it found.
struct Report {
    name: &'static str,
    severity: Severity,
    findings: Vec<Diagnostic>,
}

impl Report {
    /// Adds a finding: where, what is wrong, what to do.
    fn found(
        &mut self,
        at: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let finding = Diagnostic::new(self.severity, self.name, at, message).help(help);
        self.findings.push(finding);
        self.findings.last_mut().expect("the finding that was just added")
    }
}

/// Runs every lint. What the author allows is still reported, as a remark with the reason.
///
/// Where the sink already holds an error, a placeholder stands in the site: nothing is said of it.
pub fn check(site: &Site, sink: &mut Sink) {
    let broken = Broken::of(sink);
    let mut allowances = Allowances::of(site);
    let said = LINTS.iter().filter(|lint| !(lint.of_release && broken.hides_release()));
    for finding in said.flat_map(|lint| lint.findings(site)) {
        if !broken.covers(&finding.at) {
            sink.push(allowances.weigh(finding));
        }
    }
    allowances.report(broken.is_empty(), sink);
}
