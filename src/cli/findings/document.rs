//! The JSON document, and its schema: what programs may rely on from release to release.

use crate::cli::Exit;
use crate::diag::Severity;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

/// What one call of `trigger-gen build`, `check` or `verify` found, with `--format json`.
///
/// Within a version keys are added and none is changed or removed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document {
    /// The version of this form.
    version: u8,
    /// Everything that was found, site by site, and each site in the order of its file.
    diagnostics: Vec<Finding>,
    /// How many there are of each severity.
    summary: Summary,
    /// How the call ended: 0 done, 1 the answer is no, 2 it could not be done (standard error says why).
    exit_code: u8,
}

impl Document {
    pub(super) fn new(diagnostics: Vec<Finding>, exit: Exit) -> Self {
        let count = |level| diagnostics.iter().filter(|it| it.severity == level).count();
        let summary = Summary {
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            infos: count(Level::Info),
        };
        Self { version: 1, diagnostics, summary, exit_code: exit.number() }
    }
}

/// How many diagnostics there are of each severity.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// What has to change.
    errors: usize,
    /// What had better change.
    warnings: usize,
    /// What is accepted.
    infos: usize,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// Does not compile, does not hold, or differs.
    Error,
    /// Compiles, but is probably not what you want to run.
    Warning,
    /// Worth knowing; nothing has to change.
    Info,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

/// One thing that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Finding {
    /// How bad it is.
    pub(super) severity: Level,
    /// Kebab-case, stable across releases; `trigger-gen explain NAME` says more of lints and proofs.
    pub(super) name: String,
    /// States the fact, and holds no secret.
    pub(super) message: String,
    /// The file: its path as it was given, `<stdin>`, or a path below the folder that was given.
    pub(super) file: String,
    /// The line, from 1; null if it is about the file as a whole.
    #[schemars(range(min = 1))]
    pub(super) line: Option<usize>,
    /// The column in Unicode characters, from 1.
    #[schemars(range(min = 1))]
    pub(super) column: Option<usize>,
    /// The line of the first character behind it, from 1.
    #[schemars(range(min = 1))]
    pub(super) end_line: Option<usize>,
    /// The column of the first character behind it, from 1.
    #[schemars(range(min = 1))]
    pub(super) end_column: Option<usize>,
    /// A few words about the place itself.
    pub(super) label: Option<String>,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// The text that may stand between the two places instead.
    pub(super) instead: Option<String>,
    /// Further facts.
    pub(super) notes: Vec<String>,
}

impl Finding {
    pub(super) fn new(severity: Level, name: &str, message: &str, file: String) -> Self {
        Self {
            severity,
            name: name.to_owned(),
            message: message.to_owned(),
            file,
            line: None,
            column: None,
            end_line: None,
            end_column: None,
            label: None,
            help: None,
            instead: None,
            notes: Vec::new(),
        }
    }

    /// From its first character to the one behind its last, both as line and column.
    pub(super) fn place(&mut self, from: (usize, usize), to: (usize, usize)) {
        (self.line, self.column) = (Some(from.0), Some(from.1));
        (self.end_line, self.end_column) = (Some(to.0), Some(to.1));
    }

    /// The path without the `./` that services do not expect.
    pub(super) fn path(&self) -> &str {
        self.file.strip_prefix("./").unwrap_or(&self.file)
    }

    /// All words of it, for formats that have one text.
    pub(super) fn text(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("\nnote: {note}"));
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        let words = notes.chain(help);
        words.fold(self.message.clone(), |text, line| text + &line)
    }
}

/// The schema of the document, in draft-07 as that of the site file.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft07().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document>();
    schema.insert("$id".into(), "diagnostics.schema.json".into());
    schema.insert("title".into(), "trigger-gen diagnostics".into());
    let version = schema.pointer_mut("/properties/version").and_then(Value::as_object_mut);
    if let Some(version) = version {
        version.retain(|key, _| key == "description");
        version.insert("const".into(), json!(1));
    }
    schema.to_value()
}
