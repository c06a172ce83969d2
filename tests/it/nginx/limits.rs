//! Who is told to wait, who never is, and whom fail2ban shuts out for it.

use super::client::Session;
use super::place::{Client, public_at};
use crate::consumers::{run, scrubbed, tool};
use crate::support;

/// What fail2ban finds with the filter of the emitted jail: lines that count, and lines that do not.
fn counted(jails: &str, log: &str) -> Option<(usize, usize)> {
    let filter = jails.lines().find_map(|it| it.strip_prefix("filter = ")).expect("a filter");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("error.log");
    std::fs::write(&file, log).expect("a file");
    let output = run(scrubbed(&tool("fail2ban-regex")?).arg(&file).arg(filter));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line =
        said.lines().find(|it| it.starts_with("Lines: ")).unwrap_or_else(|| panic!("{said}"));
    let number = |word: &str| {
        let before = line.split(word).next().expect("a part").trim();
        before.rsplit(' ').next().expect("a word").parse::<usize>().expect("a number")
    };
    Some((number(" matched"), number(" missed")))
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn who_asks_too_often_is_told_to_wait() {
    for place in public_at(1) {
        let Some(server) = place.running() else { return };
        let host = place.dashboard();
        let refused = |client: Client, target: &str, times: usize| {
            let mut session = Session::new(place.way(client, host));
            let statuses: Vec<u16> = (0..times)
                .map(|_| server.see_in(&mut session, "GET", target, host).status())
                .collect();
            assert!(statuses.iter().all(|it| [200, 429].contains(it)), "{target}: {statuses:?}");
            statuses.iter().filter(|it| **it == 429).count()
        };
        server.machine.inside(|| {
            // Four seconds' worth may come at once, and any spelling counts: the application ignores the case.
            assert_eq!(refused(Client::World, "/api/v1/whoami", 4), 0);
            assert!(refused(Client::World, "/api/v1/whoami", 20) > 8);
            assert!(refused(Client::World, "/API/v1/whoami", 20) > 8);
            // The stub is asked for other things meanwhile.
            assert_eq!(refused(Client::World, "/orgs/acme", 60), 0);
            assert_eq!(refused(Client::World, "/realtime/v1/runs/run_1", 60), 0);
            // Containers of the server share an address.
            assert_eq!(refused(Client::Container, "/api/v1/whoami", 60), 0);
            assert_eq!(refused(Client::Container, "/login", 60), 0);
        });
        let log = |of: &str| server.log(&format!("{}-{of}.log", place.site.docker().project));
        let limited = log("error").matches("limiting requests").count();
        assert!(limited > 16, "{}", log("error"));

        // An application that calls too often is not shut out, and with it all who share its address.
        let tree = support::tree("minimal-vps");
        let jails =
            tree.get("docker/host/etc/fail2ban/jail.d/trigger-dev.local").expect("it").text();
        let Some(found) = counted(jails, &log("error")) else { return };
        assert_eq!(found, (0, limited), "{}", log("error"));
        server.machine.inside(|| {
            assert_eq!(refused(Client::World, "/login", 20), 0);
            assert!(refused(Client::World, "/Login/", 20) > 8);
            assert!(refused(Client::World, "/api/v1/authorization-code", 20) > 8);
        });
        let at_sign_in = log("error").matches("limiting requests").count() - limited;
        assert!(at_sign_in > 16);
        assert_eq!(counted(jails, &log("error")), Some((at_sign_in, limited)));
    }
}
