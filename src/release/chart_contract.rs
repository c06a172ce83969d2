//! What the official chart makes of a value: it has no schema, so a value that it does not read is lost in silence.

use super::chart_values::CHART_VALUES;
use super::version::Version;
use serde_json::Value;

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// A list, open below.
    List,
    /// A mapping, open below.
    Map,
    /// Whatever a template makes of it.
    Any,
}

impl Kind {
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_u64() || value.is_i64(),
            Self::Text => value.is_string(),
            Self::List => value.is_array(),
            Self::Map => value.is_object(),
            Self::Any => true,
        }
    }

    fn is_open(self) -> bool {
        matches!(self, Self::List | Self::Map | Self::Any)
    }

    /// The form in words, with article.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Map => "a mapping",
            Self::Any => "any value",
        }
    }
}

/// A value in some releases of the chart.
#[derive(Clone, Copy, Debug)]
pub struct ValueSpan {
    /// The first chart that reads it.
    pub since: Version,
    /// The last one, unless the newest still does.
    pub until: Option<Version>,
    /// Its form.
    pub kind: Kind,
}

/// A value that some release of the chart reads.
#[derive(Clone, Copy, Debug)]
pub struct ChartValue {
    /// Its dotted path.
    pub path: &'static str,
    /// In which releases.
    pub spans: &'static [ValueSpan],
}

impl ChartValue {
    /// What it is at a release of the chart.
    #[must_use]
    pub fn at(&self, chart: Version) -> Option<&'static ValueSpan> {
        self.spans
            .iter()
            .find(|it| it.since <= chart && it.until.is_none_or(|until| chart <= until))
    }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The chart does not read it.
    Unknown {
        /// What was probably meant.
        nearest: Option<&'static str>,
    },
    /// It is declared, and decides nothing; or breaks the chart.
    Dead(&'static str),
    /// It is of another form.
    Form(Kind),
}

/// Values that the chart declares and that nobody must set, with the reason.
const DEAD: &[(&str, &str)] = &[
    ("supervisor.enabled", "nothing reads it: the supervisor is always there"),
    ("supervisor.deploy", "it reaches a test alone"),
    ("supervisor.bootstrap.enabled", "nothing reads it: `webapp.bootstrap.enabled` decides"),
    ("supervisor.bootstrap.workerTokenPath", "nothing reads it"),
    ("clickhouse.external.nativePort", "nothing reads it"),
    ("postgres.external.host", "it reaches the notes of the installation alone"),
    ("postgres.external.port", "it reaches the notes of the installation alone"),
    ("webapp.connectivityCheck.postgres", "`false` is taken for a text, which counts as true"),
    ("webapp.podSecurityContext.fsGroup", "the template has the key already: it would stand twice"),
    (
        "supervisor.podSecurityContext.fsGroup",
        "the template has the key already: it would stand twice",
    ),
];

/// Below these everything reaches a chart of somebody else, but for what the official one reads itself.
const SUBCHARTS: [&str; 3] = ["postgres", "redis", "s3"];

/// Everything that is wrong with values for a release of the chart: each path with its fault.
#[must_use]
pub fn wrong_values(chart: Version, values: &Value) -> Vec<(String, Wrong)> {
    let mut found = Vec::new();
    walk(chart, String::new(), values, &mut found);
    found
}

fn walk(chart: Version, path: String, value: &Value, found: &mut Vec<(String, Wrong)>) {
    if let Some((_, why)) = DEAD.iter().find(|(it, _)| *it == path) {
        return found.push((path, Wrong::Dead(why)));
    }
    let span = lookup(chart, &path);
    if let Some(span) = span.filter(|it| !it.kind.takes(value)) {
        return found.push((path, Wrong::Form(span.kind)));
    }
    match value {
        // Below an open value a dead one may still stand.
        Value::Object(entries) => {
            for (key, inner) in entries {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match span {
                    Some(it) if it.kind.is_open() => dead_below(below, inner, found),
                    _ => walk(chart, below, inner, found),
                }
            }
        }
        _ if span.is_none() && !is_open(chart, &path) => {
            let nearest = nearest(chart, &path);
            found.push((path, Wrong::Unknown { nearest }));
        }
        _ => {}
    }
}

fn dead_below(path: String, value: &Value, found: &mut Vec<(String, Wrong)>) {
    if let Some((_, why)) = DEAD.iter().find(|(it, _)| *it == path) {
        found.push((path, Wrong::Dead(why)));
    } else if let Value::Object(entries) = value {
        entries.iter().for_each(|(key, it)| dead_below(format!("{path}.{key}"), it, found));
    }
}

fn lookup(chart: Version, path: &str) -> Option<&'static ValueSpan> {
    let at = CHART_VALUES.binary_search_by_key(&path, |it| it.path).ok()?;
    CHART_VALUES[at].at(chart)
}

/// Whether a path leads to a chart of somebody else. What is said of external stores never does.
fn is_open(chart: Version, path: &str) -> bool {
    let (part, rest) = path.split_once('.').unwrap_or((path, ""));
    let foreign =
        SUBCHARTS.contains(&part) || (part == "clickhouse" && chart < super::chart::OWN_CLICKHOUSE);
    foreign && rest != "deploy" && !rest.starts_with("external.") && !rest.is_empty()
}

/// The value of that chart whose path ends alike, or is spelled most alike.
fn nearest(chart: Version, path: &str) -> Option<&'static str> {
    let known = || CHART_VALUES.iter().filter(|it| it.at(chart).is_some()).map(|it| it.path);
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let beside = |it: &&str| it.rsplit_once('.').is_some_and(|(other, _)| other == parent);
    let distance = |it: &&str| common(it, path);
    known().filter(beside).max_by_key(distance).or_else(|| {
        let last = path.rsplit('.').next().unwrap_or(path);
        known().find(|it| it.rsplit('.').next() == Some(last))
    })
}

/// How many letters two paths share, from both ends.
fn common(one: &str, other: &str) -> usize {
    let front = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let back = one
        .bytes()
        .rev()
        .zip(other.bytes().rev())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    front + back
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CHART: Version = Version(4, 5, 12);

    fn faults(values: Value) -> Vec<String> {
        wrong_values(CHART, &values).into_iter().map(|(path, _)| path).collect()
    }

    #[test]
    fn what_is_read_is_accepted() {
        let values = json!({
            "postgres": { "deploy": false, "primary": { "anything": 1 } },
            "webapp": {
                "replicaCount": 2,
                "resources": { "limits": { "memory": "2Gi" } },
                "ingress": { "annotations": { "a/b": "c" } },
                "extraEnvVars": [{ "name": "A" }],
                "podSecurityContext": { "runAsUser": 1000 },
            },
        });
        assert_eq!(faults(values), Vec::<String>::new());
    }

    #[test]
    fn what_is_lost_in_silence_is_named() {
        let minio = json!({ "minio": { "deploy": false } });
        assert_eq!(faults(minio), ["minio.deploy"]);
        let port = json!({ "clickhouse": { "external": { "port": 8123 } } });
        assert_eq!(
            wrong_values(CHART, &port),
            [(
                "clickhouse.external.port".to_owned(),
                Wrong::Unknown { nearest: Some("clickhouse.external.httpPort") }
            )]
        );
        let text = json!({ "webapp": { "replicaCount": "2" } });
        assert_eq!(wrong_values(CHART, &text)[0].1, Wrong::Form(Kind::Integer));
        let group = json!({ "webapp": { "podSecurityContext": { "fsGroup": 1000 } } });
        assert!(matches!(wrong_values(CHART, &group)[0].1, Wrong::Dead(_)));
        let none =
            json!({ "supervisor": { "bootstrap": { "enabled": true } }, "s2": { "deploy": true } });
        assert_eq!(faults(none.clone()), ["supervisor.bootstrap.enabled"]);
        assert_eq!(wrong_values(Version(4, 5, 1), &none).len(), 2, "s2 came with 4.5.2");
    }
}
