//! Workflow commands of GitHub Actions: one line each, shown as an annotation of the changed file.

use super::document::{Finding, Level};

/// `::error file=…,line=…,title=…::message`. Columns are left out where it spans lines: GitHub refuses them there.
pub(super) fn command(finding: &Finding) -> String {
    let word = match finding.severity {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let one_line = finding.line == finding.end_line;
    let number = |number: Option<usize>| number.map(|it| it.to_string());
    let properties = [
        ("file", Some(finding.path().to_owned())),
        ("line", number(finding.line)),
        ("endLine", number(finding.end_line)),
        ("col", number(finding.column.filter(|_| one_line))),
        ("endColumn", number(finding.end_column.filter(|_| one_line))),
        ("title", Some(finding.name.clone())),
    ];
    let properties: Vec<String> = properties
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", in_property(&value?))))
        .collect();
    format!("::{word} {}::{}\n", properties.join(","), in_message(&finding.text()))
}

/// A line break would end the command, and what follows could begin another.
fn in_message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn in_property(text: &str) -> String {
    in_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_within_its_command() {
        let hostile = "a\r\n::stop-commands::x%0A,b: c";
        let mut finding = Finding::new(Level::Error, "n,a:me", hostile, "./a,b:c%\n.yaml".into());
        finding.place((1, 2), (1, 5));
        finding.help = Some("do\nthis".into());
        assert_eq!(
            command(&finding),
            "::error file=a%2Cb%3Ac%25%0A.yaml,line=1,endLine=1,col=2,endColumn=5,title=n%2Ca%3Ame\
             ::a%0D%0A::stop-commands::x%250A,b: c%0Ahelp: do%0Athis\n"
        );
    }

    #[test]
    fn columns_belong_to_one_line() {
        let mut finding = Finding::new(Level::Info, "x", "y", "z".into());
        finding.place((1, 2), (3, 1));
        assert_eq!(command(&finding), "::notice file=z,line=1,endLine=3,title=x::y\n");
    }
}
