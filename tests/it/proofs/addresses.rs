//! Addresses: which are right, which are just not, and what is said of them.

use super::edges::{COMPOSE, SUPERVISOR, WEBAPP, one, tree};
use trigger_gen::proof::{Context, Fault, check};

/// How often a proof speaks of a variable of the webapp.
fn of_webapp(proof: &str, name: &str, value: &str) -> usize {
    let file = one(WEBAPP, &format!("    environment: {{ {name}: '{value}' }}\n"));
    let outside = ["files".to_owned(), "files.lan".to_owned()];
    let context = Context { outside: &outside, ..Context::default() };
    let faults = check(&tree(&[(COMPOSE, &file)]), &context);
    faults.iter().filter(|it| it.proof == proof && it.message.contains(name)).count()
}

#[test]
fn the_object_store_is_reached_from_a_container() {
    let told =
        |value: &str| of_webapp("bad-object-store-address", "OBJECT_STORE_BASE_URL", value) > 0;
    for value in ["https://s3.example.com", "https://s3.example.com/", "http://store:9000"] {
        assert!(!told(value), "{value}");
    }
    for outside in ["http://files", "http://files.lan"] {
        assert!(!told(outside), "the author says that {outside} is outside");
    }
    for value in [
        "http://localhost:9000",
        "https://127.0.0.1:9000",
        "http://s3.example.com",
        "https://s3.example.com/b",
        "https://s3.example.com?a=b",
    ] {
        assert!(told(value), "{value}");
    }
}

#[test]
fn an_origin_on_the_server_itself_needs_no_tls() {
    let told = |value: &str| of_webapp("bad-origin", "APP_ORIGIN", value) > 0;
    assert!(!told("http://localhost:8030"));
    assert!(!told("https://trigger.example.com"));
    for value in
        ["http://localhost:8030/", "http://trigger.example.com", "https://trigger", "https://a.b/"]
    {
        assert!(told(value), "{value}");
    }
}

#[test]
fn a_name_that_the_author_vouches_for_does_not_dangle() {
    let file = one(WEBAPP, "    environment: { REDIS_HOST: cache }\n");
    let told = |outside: &[String], chosen: &[String]| {
        let context = Context { outside, chosen, ..Context::default() };
        let faults = check(&tree(&[(COMPOSE, &file)]), &context);
        faults.iter().filter(|it| it.proof == "dangling-host").count()
    };
    assert_eq!(told(&[], &[]), 1);
    assert_eq!(told(&["cache".to_owned()], &[]), 0);
    assert_eq!(told(&[], &["REDIS_HOST".to_owned()]), 0);
}

#[test]
fn a_host_that_is_a_service_is_told_from_one_that_is_none() {
    let said = |host: &str| {
        let file = format!(
            "{}    networks: [a]\n  store:\n    image: redis:7.4.11\n    networks: [b]\nnetworks: {{ a: {{}}, b: {{}} }}\n",
            one(WEBAPP, &format!("    environment: {{ REDIS_HOST: {host} }}\n"))
        );
        let faults = check(&tree(&[(COMPOSE, &file)]), &Context::default());
        faults.into_iter().find(|it| it.proof == "dangling-host").expect("a fault").message
    };
    assert!(said("store").contains("is on none of its networks"));
    assert!(said("cache").contains("is no service here"));
}

#[test]
fn networks_of_runs_are_joined_by_commas_alone() {
    let told = |networks: &str, names: &str| {
        let supervisor = format!(
            "{}    networks: [runner]\nnetworks: {networks}\n",
            one(SUPERVISOR, &format!("    environment: {{ DOCKER_RUNNER_NETWORKS: '{names}' }}\n"))
        );
        let faults = check(&tree(&[("kit/docker-compose.yml", &supervisor)]), &Context::default());
        let of_proof = |it: &Fault| it.proof == "unknown-runner-network";
        faults.into_iter().filter(of_proof).map(|it| it.message).collect::<Vec<String>>()
    };
    let count = |networks: &str, names: &str| told(networks, names).len();
    let two = "{ runner: { name: runs }, other: {} }";
    assert_eq!(["runs", "runs,kit_other", "kit_default"].map(|it| count(two, it)), [0, 0, 0]);
    assert_eq!(
        ["runs, kit_other", "runs,,kit_other", "runner"].map(|it| count(two, it)),
        [1, 1, 1]
    );
    for list in ["runs, kit_other", "runs,,kit_other"] {
        assert!(told(two, list)[0].contains("has a blank in it"), "{list}");
    }
    let named = "{ runner: { name: runs }, default: { name: other } }";
    assert_eq!(["other", "kit_default"].map(|it| count(named, it)), [0, 1]);
}
