//! The spelling of `.env` alone: what `quoted` writes, `docker-compose` reads, and `read` too.

use super::classes::CLASSES;
use super::random::Random;
use crate::consumers::{compose::compose_config, tool};
use crate::support;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use trigger_gen::render::{quoted, read_dotenv};
use trigger_gen::value::{EmailAddress, EmailPattern, Scalar as _};

/// Values with what a secret may hold and a text may not: blanks at its ends, line breaks, marks that nobody sees.
fn values() -> Vec<String> {
    let mut random = Random::from(0xd07e);
    let unwritable = |it: &String| it.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    let classes = CLASSES.iter().flat_map(|it| (it.texts)());
    let random = std::iter::repeat_with(|| random.text()).take(1_500);
    classes.chain(random).filter(|it| !unwritable(it)).collect()
}

#[test]
fn what_is_quoted_is_read_back_by_everybody() {
    if tool("docker-compose").is_none() {
        return;
    }
    let values = values();
    assert!(values.len() > 1_000);
    let named = |nth: usize| format!("K{nth}");
    let (mut file, mut meant, mut names) = (String::new(), Map::new(), Map::new());
    for (nth, value) in values.iter().enumerate() {
        writeln!(file, "{}={}", named(nth), quoted(value)).expect("text");
        meant.insert(named(nth), json!(value));
        names.insert(named(nth), json!(format!("${{{}}}", named(nth))));
    }
    let ours = read_dotenv(&file).expect("our own spelling");
    let ours: Map<String, Value> = ours.into_iter().map(|(name, it)| (name, json!(it))).collect();
    assert_same(&ours, &meant, "our own reader");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let (env, probe) = (folder.path().join(".env"), folder.path().join("probe.yml"));
    std::fs::write(&env, &file).expect("a file");
    let services = json!({ "services": {
        "file": { "image": "none", "env_file": [".env"] },
        "names": { "image": "none", "environment": names },
    } });
    std::fs::write(&probe, services.to_string()).expect("a file");
    let config = compose_config(&[&probe], &env);
    for service in ["file", "names"] {
        let seen = config["services"][service]["environment"].as_object().expect("variables");
        assert_same(seen, &meant, service);
    }
}

fn assert_same(seen: &Map<String, Value>, meant: &Map<String, Value>, by: &str) {
    assert_eq!(seen.len(), meant.len(), "{by}");
    for (name, value) in meant {
        assert!(seen[name] == *value, "{by}: {value:?} became {:?}", seen[name]);
    }
}

/// Every character that may stand in an address, through the expression and the file of variables.
#[test]
fn addresses_arrive_as_one_expression() {
    if tool("docker-compose").is_none() {
        return;
    }
    let awkward = "o'$HOME#${X}!%&*+-/=?^_`|~.x".replace('*', "");
    let address = format!("{awkward}@example.com");
    let list = serde_json::to_string(&[&address]).expect("JSON");
    let text = super::sample::text("smtp", &super::sample::Texts::new(), &Default::default());
    let text = text.replace("[\n      \"ops@example.com\"\n    ]", &list);
    assert!(text.contains(&awkward), "{text}");
    let pattern = EmailPattern::from(&EmailAddress::from_text(&address).expect("an address"));
    let meant = format!("^({})$", pattern.expression());
    let config = super::sample::compile(&text, &[]).config();
    for name in ["WHITELISTED_EMAILS", "ADMIN_EMAILS"] {
        assert_eq!(super::sample::variable(&config, "webapp", name), meant);
    }
    assert!(support::site(&text).access.admins.iter().any(|it| it.as_str() == address));
}
