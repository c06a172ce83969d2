//! The files of nginx as text: every system and release, one key at a time, two sites on one server.

use crate::support;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use trigger_gen::release::{RELEASES, Version};
use trigger_gen::site::{Os, Site};
use trigger_gen::tree::Tree;

const SYSTEMS: [Os; 4] = [Os::Debian12, Os::Debian13, Os::Ubuntu2204, Os::Ubuntu2404];

/// The files of nginx, by their path below it.
fn confs(tree: &Tree) -> BTreeMap<String, String> {
    let of_nginx = |path: &str| path.strip_prefix("docker/nginx/").map(str::to_owned);
    let files = tree.files.iter();
    files
        .filter_map(|(path, file)| Some((of_nginx(path.as_str())?, file.text().to_owned())))
        .collect()
}

fn sketched(site: &Site) -> BTreeMap<String, String> {
    confs(&trigger_gen::sketch(site, &support::secrets(site)))
}

/// The files of a site of the tests with more sections.
fn of(sections: &str) -> BTreeMap<String, String> {
    sketched(&support::site(&format!(
        "version: 1\nname: two-words\nrelease: 4.5.12\ndomain: trigger.example.com\naccess: {{ admins: [ops@example.com] }}\n{sections}"
    )))
}

const TAILNET: &str = "
network:
  access: { tailscale: { ipv4: 100.101.102.103, ipv6: \"fd7a:115c:a1e0::1\", api_domain: api.example.com } }
docker: { proxy: { nginx: { tls: { letsencrypt: { challenge: dns01 } } } } }
";

/// Lines without comments and indentation.
fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|it| !it.is_empty() && !it.starts_with('#')).collect()
}

/// What of each file differs between two trees, as `file: - old` and `file: + new`.
fn difference(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let empty = String::new();
    let mut found = Vec::new();
    for path in paths {
        let texts = [old, new].map(|it| it.get(path).unwrap_or(&empty));
        let diff = similar::TextDiff::from_lines(texts[0], texts[1]);
        for change in diff.iter_all_changes() {
            let sign = match change.tag() {
                similar::ChangeTag::Delete => '-',
                similar::ChangeTag::Insert => '+',
                similar::ChangeTag::Equal => continue,
            };
            found.push(format!("{path}: {sign} {}", change.value().trim()));
        }
    }
    found
}

#[test]
fn every_example_has_its_vhosts_at_every_release_on_every_system() {
    let mut rendered = 0;
    for name in support::server_names() {
        for release in RELEASES {
            let mut site = support::site(&support::at_release(&name, release));
            for os in SYSTEMS {
                site.docker.as_mut().expect("a site on servers").os = os;
                let files = sketched(&site);
                fits(
                    &format!("{name} at {} on {}", release.version, os.name()),
                    os,
                    release.version,
                    &files,
                );
                rendered += 1;
            }
        }
    }
    assert!(rendered >= 5 * 40 * SYSTEMS.len(), "{rendered} trees");
}

fn fits(at: &str, os: Os, release: Version, files: &BTreeMap<String, String>) {
    let has_line = os.nginx() >= (1, 25);
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".conf")) {
        assert!(!text.contains("{{") && !text.contains("{%"), "{at}: {path} shows its template");
        let said = lines(text);
        for line in &said {
            assert!(
                line.ends_with([';', '{', '}', '\''])
                    || line.starts_with("log_format")
                    || line.contains("; # "),
                "{at}: {path}: {line}"
            );
            if line.starts_with("listen ") && line.contains("443") {
                assert_eq!(line.contains(" http2"), !has_line, "{at}: {path}: {line}");
            }
        }
        let tls_servers = text.matches("snippets/tls.conf").count();
        assert_eq!(
            said.iter().filter(|it| **it == "http2 on;").count(),
            if has_line { tls_servers } else { 0 },
            "{at}: {path}"
        );
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{at}: {path}");
    }
    let rejects = files["catch-all.conf"].contains("ssl_reject_handshake on;");
    assert_eq!(rejects, os != Os::Ubuntu2204, "{at}");
    assert_eq!(files["snippets/tls.conf"].contains("?X25519MLKEM768:"), os == Os::Debian13, "{at}");
    let refused = files["vhosts/dashboard.conf"].contains("/query(?:/|$)");
    assert_eq!(refused, release < Version(4, 7, 3), "{at}");
    for vhost in files.iter().filter(|(path, _)| path.starts_with("vhosts/")).map(|(_, text)| text)
    {
        let forwards = vhost.matches("proxy_pass ").count();
        let snippets = vhost.matches("snippets/proxy.conf").count()
            + vhost.matches("snippets/websocket.conf").count();
        assert!(
            forwards > 0 && forwards == snippets && !vhost.contains("proxy_set_header"),
            "{at}"
        );
    }
}

/// No Debian has nginx 1.24, so none is here to judge: it gets to the byte what 1.22 gets.
#[test]
fn nginx_1_24_gets_the_files_of_1_22() {
    for name in support::server_names() {
        let mut site = support::example_site(&name);
        let mut of = |os| {
            site.docker.as_mut().expect("a site on servers").os = os;
            sketched(&site)
        };
        let [old, new] = [Os::Debian12, Os::Ubuntu2404].map(&mut of);
        assert_eq!(difference(&old, &new), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_public_listener_has_a_twin() {
    for (site, files) in [("public", of("docker: {}")), ("tailnet", of(TAILNET))] {
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".conf")) {
            let listens: Vec<&str> =
                lines(text).into_iter().filter(|it| it.starts_with("listen ")).collect();
            for (four, six) in [
                ("listen 80", "listen [::]:80"),
                ("listen 443", "listen [::]:443"),
                ("listen 100.101.102.103:443", "listen [fd7a:115c:a1e0::1]:443"),
            ] {
                let count = |start: &str| listens.iter().filter(|it| it.starts_with(start)).count();
                assert_eq!(count(four), count(six), "{site}: {path}: {listens:?}");
            }
        }
        // Without a wildcard nginx would not start before the address of the tailnet is there.
        assert!(
            files["catch-all.conf"].contains("listen 443 ssl")
                && files["catch-all.conf"].contains("listen [::]:443 ssl")
        );
    }
}

#[test]
fn the_dashboard_of_a_tailnet_has_no_public_listener() {
    let files = of(TAILNET);
    let said = lines(&files["vhosts/dashboard.conf"]);
    let listens: Vec<&&str> = said.iter().filter(|it| it.starts_with("listen ")).collect();
    let private =
        |it: &&&str| it.contains(" 100.101.102.103:") || it.contains(" [fd7a:115c:a1e0::1]:");
    assert!(!listens.is_empty() && listens.iter().all(private), "{listens:?}");
    for line in [
        "allow 100.64.0.0/10; # the tailnet",
        "allow fd7a:115c:a1e0::/48; # the tailnet",
        "deny all;",
    ] {
        assert!(said.contains(&line), "{line}");
    }
    // A `return` would come before `allow` and `deny`.
    let guarded = files["vhosts/dashboard.conf"]
        .split("listen 100.101.102.103:443")
        .nth(1)
        .expect("a server");
    assert!(!guarded.contains("return "));
    let (public, _) =
        files["vhosts/api.conf"].split_once("The same name on the tailnet").expect("two sides");
    for closed in ["/engine/", "/otel/", "socket", "/login", "allow "] {
        assert!(!public.split_once("listen 443").expect("a server").1.contains(closed), "{closed}");
    }
}

#[test]
fn a_change_of_one_key_shows_in_its_own_lines() {
    let base = of("docker: {}");
    let publish = of("docker: { publish: { webapp: 8031 } }");
    assert_eq!(
        difference(&base, &publish),
        ["site.conf: - server 127.0.0.1:8030;", "site.conf: + server 127.0.0.1:8031;"]
    );
    let rate = difference(&base, &of("docker: { proxy: { nginx: { requests_per_second: 7 } } }"));
    assert!(rate.len() > 4 && rate.iter().all(|it| it.contains("limit_req")), "{rate:#?}");
    let system = difference(&base, &of("docker: { host: { os: debian13 } }"));
    let of_system = |it: &String| {
        ["listen ", "http2 on;", "ssl_ecdh_curve", "# With `?`"]
            .iter()
            .any(|word| it.contains(word))
    };
    assert!(system.len() > 4 && system.iter().all(of_system), "{system:#?}");
    let otel = difference(&base, &of("network: { expose: { otel: true } }\ndocker: {}"));
    assert!(otel.iter().all(|it| it.starts_with("vhosts/dashboard.conf: ")), "{otel:#?}");
    assert_eq!(otel.iter().filter(|it| it.contains(": - ")).count(), 1, "{otel:#?}");
    let payload = difference(&base, &of("limits: { payloads: { task: 20MiB } }\ndocker: {}"));
    assert!(payload.iter().any(|it| it.ends_with("+ client_max_body_size 40m;")), "{payload:#?}");
    assert!(payload.iter().all(|it| it.contains("client_max_body_size")), "{payload:#?}");
}

/// What nginx knows by name: two sites in one nginx must not share any of it.
fn names(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in files.values().flat_map(|text| lines(text)) {
        let words: Vec<&str> = line.trim_end_matches([';', '{', ' ']).split_whitespace().collect();
        let declared = match words.as_slice() {
            ["upstream" | "log_format", name, ..] | ["map", _, name] | ["geo", name] => Some(*name),
            ["limit_req_zone", _, zone, _] => {
                zone.strip_prefix("zone=").and_then(|it| it.split(':').next())
            }
            ["ssl_session_cache", zone] => {
                zone.strip_prefix("shared:").and_then(|it| it.split(':').next())
            }
            _ => None,
        };
        names.extend(declared.map(|it| it.trim_start_matches('$').to_owned()));
        for (at, _) in line.match_indices("(?<") {
            names.extend(line[at + 3..].split('>').next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn two_sites_on_one_server_share_no_name() {
    let one = names(&of(TAILNET));
    assert!(one.len() > 14, "{one:?}");
    assert!(
        one.iter().all(|it| it.starts_with("tg_two_words_") || it == "tg_two_words"),
        "{one:?}"
    );
    let other = names(&of("docker: { project: other }"));
    assert!(one.is_disjoint(&other));
}

#[test]
fn a_root_with_blanks_is_one_word() {
    let files = of("docker: { root: /srv/my apps/trigger }");
    let mut seen = String::new();
    for line in files.values().flat_map(|text| lines(text)).filter(|it| it.contains("/srv/")) {
        assert!(
            line.starts_with("include \"/srv/my apps/trigger/nginx/") && line.ends_with(".conf\";"),
            "{line}"
        );
        writeln!(seen, "{line}").expect("a string");
    }
    assert!(seen.lines().count() > 10);
}

#[test]
fn without_a_proxy_there_are_no_vhosts() {
    assert!(of("docker: { proxy: none }").is_empty());
    assert!(!of("docker: {}").is_empty());
}

#[test]
fn a_certificate_is_where_its_maker_puts_it() {
    let lets_encrypt = of("docker: {}");
    assert!(
        lets_encrypt["vhosts/dashboard.conf"]
            .contains("ssl_certificate \"/etc/letsencrypt/live/two-words/fullchain.pem\";")
    );
    let command = "certbot certonly --webroot -w /var/www/acme --cert-name two-words --agree-tos -m ops@example.com -d trigger.example.com -d registry.trigger.example.com";
    assert!(lets_encrypt["bootstrap.conf"].contains(command));
    let own = of(
        "docker: { proxy: { nginx: { tls: { files: { certificate: /etc/ssl/a b.pem, key: /etc/ssl/a b.key } } } } }",
    );
    assert!(own["vhosts/registry.conf"].contains("ssl_certificate_key \"/etc/ssl/a b.key\";"));
    assert!(
        !own.values().any(|it| it.contains("letsencrypt/live") || it.contains("certbot certonly"))
    );
    let tailnet = sketched(&support::site(
        "version: 1\nname: box\nrelease: 4.5.12\ndomain: box.tail1234.ts.net\naccess: { admins: [\"o'ps@example.com\"] }
network:
  access: { tailscale: { ipv4: 100.101.102.103, api_domain: api.example.com } }
  expose: { registry: true }
storage: { registry: { bundled: { host: images.example.com } } }
docker: { proxy: { nginx: { tls: { tailscale: {} } } } }",
    ));
    assert!(
        tailnet["vhosts/dashboard.conf"]
            .contains("ssl_certificate \"/etc/ssl/certs/box-tailnet.pem\";")
    );
    assert!(
        tailnet["vhosts/api.conf"]
            .contains("ssl_certificate \"/etc/letsencrypt/live/box/fullchain.pem\";")
    );
    // An address that a shell would read otherwise is not passed on.
    let head = &tailnet["bootstrap.conf"];
    assert!(
        head.contains(
            "--register-unsafely-without-email -d api.example.com -d images.example.com\n"
        ),
        "{head}"
    );
}

/// Nothing of websockets where no side takes them.
#[test]
fn a_closed_engine_leaves_no_websockets() {
    let closed = of("network: { expose: { engine: false } }\ndocker: {}");
    assert!(!closed.contains_key("snippets/websocket.conf"));
    assert!(!closed.values().any(|it| it.contains("_upgrade") || it.contains("/websocket.conf\"")));
    assert!(closed["vhosts/dashboard.conf"].contains("|engine|socket\\.io|"));
    let open = of("docker: {}");
    assert!(open["snippets/websocket.conf"].contains("Upgrade $tg_two_words_upgrade;"));
}

/// nginx refuses to start with a variable of more than 46 characters.
#[test]
fn names_within_nginx_are_short_enough() {
    let long = "a-name-of-forty-characters-for-a-project";
    let sections = TAILNET.replace("docker: {", &format!("docker: {{ project: {long},"));
    let files = of(&format!(
        "{sections}storage: {{ object_store: {{ bundled: {{ public_host: s3.example.com }} }} }}\n"
    ));
    let names = names(&files);
    assert!(names.len() > 16, "{names:?}");
    assert!(
        names.iter().all(|it| it.len() <= 46 && it.starts_with("tg_a_name_of_forty_chara_")),
        "{names:?}"
    );
    let other = long.replace("project", "example");
    let other = of(&sections.replace(long, &other));
    assert!(names.is_disjoint(&self::names(&other)));
}
