//! Sets that leave the server, by the real age, restic, rclone and curl.

use super::world::{World, as_root, ended, have};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

/// A key pair of age: where the secret half is, and the public half.
fn age_key(world: &World, name: &str) -> (String, String) {
    let place = world.at(name).display().to_string();
    let made = ended(as_root().args(["age-keygen", "-o", &place])).with(0);
    let public = made.err.trim().rsplit(' ').next().expect("a key").to_owned();
    assert!(public.starts_with("age1"), "{}", made.err);
    (place, public)
}

#[test]
fn an_encrypted_set_is_read_with_its_key_alone() {
    if !have(&["age", "age-keygen"]) {
        return;
    }
    let world = World::new("");
    let ((key, public), (other, _)) = (age_key(&world, "key"), age_key(&world, "other"));
    world.install(&format!("    encryption: {{ recipients: [{public}] }}\n"));
    let set = world.backup();
    assert_eq!(world.manifest(&set, "encrypted"), "1");
    let mut clear = Vec::new();
    for file in fs::read_dir(world.at(&format!("backups/{set}"))).expect("a set") {
        let path = file.expect("a file").path();
        let bytes = fs::read(&path).expect("a file");
        if bytes.starts_with(b"age-encryption.org/v1") {
            continue;
        }
        clear.push(path.file_name().expect("a name").to_string_lossy().into_owned());
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("tr_wgt_0123") && !text.contains("PGDMP"), "{path:?} is in clear");
    }
    clear.sort();
    assert_eq!(
        clear,
        [
            "SHA256SUMS",
            "counts.clickhouse",
            "counts.clickhouse-before",
            "counts.postgres",
            "manifest.json",
            "verified"
        ]
    );
    let said = world.ctl(&["backup", "verify"]).with(0);
    assert!(said.err.contains("encrypted"), "{}", said.err);
    world.ctl(&["backup", "verify", "--identity", &key]).with(0);
    world.ctl(&["restore", &set, "--drill"]).with(2);
    world.ctl(&["restore", &set, "--drill", "--identity", &other]).with(6);
    world.ctl(&["restore", &set, "--drill", "--identity", &key]).with(0);
    world.write("world/volumes/mine-object-store/packets/a", "lost");
    world.ctl(&["restore", &set, "--yes", "--identity", &key]).with(0);
    assert_eq!(world.read("world/volumes/mine-object-store/packets/a"), "a payload");
    assert_eq!(world.sets(), [set.as_str()], "what was decrypted is left");
}

fn restic(world: &World, arguments: &[&str]) -> String {
    let mut command = as_root();
    command.args(["env", "HOME=/root"]).arg(world.restic_cache());
    command.args(["restic", "--repo"]).arg(world.at("away"));
    command.arg("--password-file").arg(world.at("root/backup/restic-password"));
    ended(command.args(arguments)).with(0).out
}

#[test]
#[ignore = "ten backups and as many slow keys: scripts/test has a step for it"]
fn restic_gets_each_set_and_gives_it_back() {
    if !have(&["restic"]) {
        return;
    }
    let world = World::new("");
    let place = world.at("away");
    let backup = |more: &str| {
        format!(
            "    offsite:\n      restic: {{ repository: {}, password: {{ secret: RESTIC_PASSWORD }}{more} }}\n",
            place.display()
        )
    };
    world.install(&backup(""));
    // Without a repository nothing has left: the set is kept here, and the run failed.
    world.ctl(&["backup"]).with(1);
    assert_eq!(world.sets().len(), 1);
    assert!(world.read("root/.state/backup-last").ends_with(" failed\n"));
    restic(&world, &["init"]);
    let mut sets = Vec::new();
    for label in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        sets.push(world.ctl(&["backup", "--label", label]).with(0).out.trim().to_owned());
    }
    let snapshots: serde_json::Value =
        serde_json::from_str(&restic(&world, &["snapshots", "--json"])).expect("JSON");
    let tags: Vec<&str> = snapshots
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["tags"][1].as_str().expect("a tag"))
        .collect();
    assert_eq!(tags.len(), 7, "the last seven are kept, of all paths together: {tags:?}");
    let last = sets.last().expect("a set");
    assert!(tags.contains(&last.as_str()));
    restic(&world, &["check"]);
    let back = world.at("back");
    restic(&world, &["restore", "latest", "--target", &back.display().to_string()]);
    let dump = back
        .join(world.at(&format!("backups/{last}")).strip_prefix("/").expect("a path"))
        .join("postgres.dump");
    assert!(fs::read_to_string(dump).expect("a dump").starts_with("PGDMP"));
    assert!(world.read("root/.state/backup-away").contains(last.as_str()));
    world.ctl(&["backup", "check"]).with(0);
    let mark = world.read("root/.state/backup-check");
    assert!(mark.ends_with("Z ok\n"), "{mark}");
    // Where nothing may be deleted, nothing is.
    world.install(&backup(", append_only: true"));
    world.ctl(&["backup", "--label", "j"]).with(0);
    let snapshots: serde_json::Value =
        serde_json::from_str(&restic(&world, &["snapshots", "--json"])).expect("JSON");
    assert_eq!(snapshots.as_array().map_or(0, Vec::len), 8);
    // What is lost there shows, and the mark is not renewed. The index: for lost data restic asks a quarter of an hour.
    world.write("root/.state/backup-check", "before\n");
    for index in fs::read_dir(world.at("away/index")).expect("the index") {
        fs::remove_file(index.expect("an entry").path()).expect("a part of it");
    }
    let ended = world.ctl(&["backup", "check"]).with(1);
    assert!(ended.err.contains("found it damaged"), "{}", ended.err);
    assert_eq!(world.read("root/.state/backup-check"), "before\n");
}

#[test]
fn only_what_restic_keeps_is_read_again() {
    let world = World::new("");
    world.ctl(&["backup", "check"]).with(4);
    world.ctl(&["backup", "check", "all"]).with(2);
    world.install("    offsite:\n      restic: { repository: /srv/away, password: { secret: RESTIC_PASSWORD } }\n");
    world.program("path/restic", "echo \"$@\" >>\"${0%/*}/world/restic\"");
    let month = ended(std::process::Command::new("date").args(["-u", "+%-m"])).with(0).out;
    world.ctl_with(&[("TRIGGER_CTL_DRY_RUN", "1")], &["backup", "check"]).with(0);
    assert_eq!(
        (world.read("world/restic"), world.read("root/.state/backup-check")),
        Default::default()
    );
    world.ctl(&["backup", "check"]).with(0);
    let called = world.read("world/restic");
    let wanted = format!("check --read-data-subset={}/12\n", month.trim());
    assert!(called.ends_with(&wanted), "{called}");
}

#[test]
fn the_key_of_s3_stands_in_a_file_alone() {
    let world = World::new("");
    world.install("    offsite:\n      restic:\n        repository: \"s3:https://s3.example.com/b\"\n        password: { secret: RESTIC_PASSWORD }\n        s3: { access_key_id: AKIA1, secret_access_key: { secret: S3_SECRET } }\n");
    world.program("path/restic", "{ printf '%s ' \"$@\"; env; } >>\"${0%/*}/world/restic\"; cat \"$AWS_SHARED_CREDENTIALS_FILE\" >\"${0%/*}/world/credentials\"");
    world.ctl(&["backup"]).with(0);
    let seen = world.read("world/restic");
    assert!(seen.contains("--repo s3:https://s3.example.com/b"), "{seen}");
    assert!(
        !seen.contains("example-s3_secret-0000") && !seen.contains("example-restic_password-0000"),
        "{seen}"
    );
    assert_eq!(
        world.read("world/credentials"),
        "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = example-s3_secret-0000\n"
    );
}

#[test]
fn rclone_copies_and_is_not_believed() {
    if !have(&["rclone"]) {
        return;
    }
    let world = World::new("");
    world.write(
        "rclone.conf",
        &format!("[offsite]\ntype = alias\nremote = {}\n", world.at("far").display()),
    );
    let config = world.at("rclone.conf").display().to_string();
    let call = || world.ctl_with(&[("RCLONE_CONFIG", &config)], &["backup"]);
    for (remote, folder) in [("offsite:", "far"), ("offsite:deep/er/", "far/deep/er")] {
        world.install(&format!("    offsite:\n      rclone: {{ remote: \"{remote}\" }}\n"));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let set = call().with(0).out.trim().to_owned();
        assert_eq!(
            world.read(&format!("{folder}/{set}/manifest.json")),
            world.read(&format!("backups/{set}/manifest.json"))
        );
    }
    // A copy that says it is done and is not.
    world.program(
        "path/rclone",
        "if [[ $1 == copy ]]; then exit 0; fi; exec /usr/bin/rclone \"$@\"",
    );
    std::thread::sleep(std::time::Duration::from_millis(1100));
    call().with(6);
    assert!(world.read("root/.state/backup-last").ends_with(" failed\n"));
}

/// The URL reaches curl as it is, whatever stands in it.
#[test]
fn curl_asks_the_heartbeat_url() {
    if !have(&["curl"]) {
        return;
    }
    let world = World::new("    notify: { heartbeat_url: { secret: HEARTBEAT } }\n");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let listening = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request");
        let mut request = [0; 4096];
        let length = stream.read(&mut request).expect("a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("an answer");
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let path = "/ping/a\"b\\c'$(id)`d`;e%20#f";
    world.write("root/backup/heartbeat-url", &format!("http://127.0.0.1:{port}{path}\n"));
    world.ctl(&["backup"]).with(0);
    let request = listening.join().expect("a request");
    assert!(request.starts_with("GET /ping/a\"b\\c'$(id)`d`;e%20 HTTP"), "{request}");
}
