//! A machine on which all is well: the emitted files of an example, and programs that answer for the real ones.

use crate::ctl::server::{Server, now};
use crate::fakes::{literally, rule};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// An answer of a program: to arguments like the pattern of a shell, with a status.
pub(super) type Answer = (&'static str, String, String, i32);

pub(super) fn answer(program: &'static str, pattern: &str, said: &str) -> Answer {
    (program, pattern.into(), said.into(), 0)
}

pub(super) struct Machine {
    server: Server,
    checks: Value,
}

impl Machine {
    /// The machine of a folder of `out/`, as `minimal-vps/docker`; or of a site's text.
    pub(super) fn of(bundle: &str) -> Self {
        let server = match bundle.split_once('\n') {
            Some(_) => Server::built(bundle),
            None => {
                let (example, part) = bundle.split_once('/').expect("an example and a folder");
                Server::of(example, part)
            }
        };
        let text = fs::read_to_string(server.root.join("checks.json")).expect("checks.json");
        let checks = serde_json::from_str(&text).expect("JSON");
        let machine = Self { server, checks };
        let state = machine.install().join(".state");
        fs::create_dir_all(&state).expect("a folder");
        for (name, said) in [
            ("backup-last", "2026-01-01T00:00:00Z ok\n".to_owned()),
            ("drill-last", format!("{} set\n", now())),
            ("backup-away", format!("{} set\n", now())),
            ("backup-check", format!("{} ok\n", now())),
        ] {
            fs::write(state.join(name), said).expect("a file");
        }
        let answers = super::well::answers(&machine);
        answers.iter().for_each(|it| machine.server.fakes.stand_for(it.0));
        let rules: String = answers.iter().map(line).collect();
        // Whatever a check asks is foreseen.
        machine.server.write("rules", &(rules + &rule("*", "97", "@err:not foreseen\\n")));
        machine
    }

    pub(super) fn install(&self) -> PathBuf {
        self.server.root.clone()
    }

    /// A constant of `ctl/site.sh`.
    pub(super) fn constant(&self, name: &str) -> String {
        self.server.constant(name)
    }

    /// A value of `.env` that stands there without quotes.
    pub(super) fn dotenv(&self, name: &str) -> String {
        let text = fs::read_to_string(self.install().join(".env")).expect(".env");
        let head = format!("{name}=");
        text.lines().find_map(|it| it.strip_prefix(&head)).unwrap_or_default().to_owned()
    }

    /// What a check of this machine expects.
    pub(super) fn expected(&self, id: &str) -> Vec<String> {
        let rows = self.checks["checks"].as_array().expect("checks");
        let row = rows.iter().find(|it| it["id"] == id);
        let words = row.and_then(|it| it["expect"].as_array()).cloned().unwrap_or_default();
        words.iter().map(|it| it.as_str().expect("a word").to_owned()).collect()
    }

    /// The ids of its checks that are made at this place, by a command.
    pub(super) fn ids(&self, place: &str, by: &str) -> Vec<String> {
        let rows = self.checks["checks"].as_array().expect("checks").iter();
        let by = |it: &&Value| it["by"].as_str().is_some_and(|words| words.contains(by));
        let here = rows.filter(|it| it["place"] == place).filter(by);
        here.map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Lets a program answer otherwise from now on.
    pub(super) fn but(&self, answer: Answer) {
        self.server.fakes.stand_for(answer.0);
        self.server.write("rules", &(line(&answer) + &self.server.fakes.read("rules")));
    }

    /// Runs a command of the control script: status, standard output and error, and every program that was called with
    /// its arguments.
    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String, String, String) {
        let ran = self.server.ctl(arguments);
        let calls: String = ran.calls.iter().map(|it| it.text() + "\n").collect();
        (ran.code, ran.out, ran.err, calls)
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.server.place(name)
    }
}

/// An answer as a rule. Quotes in a pattern are for the reader alone.
fn line((program, pattern, said, status): &Answer) -> String {
    let pattern = pattern.replace('\'', "");
    let end = if pattern.ends_with('*') { "" } else { " <<<*" };
    rule(&format!("{program} {pattern}{end}"), &status.to_string(), &literally(said))
}
