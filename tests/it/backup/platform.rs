//! `ctl/restore.js` with the real node, and a webapp that is a few lines.

use crate::consumers::{root, run, scrubbed, tool};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use trigger_gen::fingerprint::sha256;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// What the script answers with this key, and whether well.
fn asked(node: &Path, key: &str, words: &[&str], input: &str, port: u16) -> (bool, String) {
    let script = fs::read_to_string(root().join("templates/docker/ctl/restore.js")).expect("it");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("input");
    fs::write(&file, input).expect("a file");
    let mut command = scrubbed(node);
    command.args(["-e", &script]).args(words);
    command.env("ENCRYPTION_KEY", key).env("PORT", port.to_string());
    command.stdin(fs::File::open(&file).expect("a file"));
    let output = run(&mut command);
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("UTF-8").trim().to_owned())
}

/// Salt, hash and encrypted token.
fn token(node: &Path) -> [String; 3] {
    let (done, said) = asked(node, KEY, &["token"], "", 1);
    assert!(done, "{said}");
    let fields: Vec<String> = said.split('\t').map(str::to_owned).collect();
    fields.try_into().expect("three fields")
}

#[test]
fn stored_values_are_read_with_the_right_key_alone() {
    let Some(node) = tool("node") else { return };
    let values: Vec<String> = (0..3)
        .map(|nth| format!("{{\"key\": \"value:{nth}\", \"value\": {}}}\n", token(&node)[2]))
        .collect();
    let all = values.concat();
    assert_eq!(asked(&node, KEY, &["readable"], &all, 1), (true, "3".into()));
    assert_eq!(asked(&node, KEY, &["readable"], "", 1), (true, "0".into()));
    let other = KEY.replace('0', "f");
    let lost = (false, "3 of 3 cannot be read, as value:0".into());
    assert_eq!(asked(&node, &other, &["readable"], &all, 1), lost);
    let broken = all.replacen("\"tag\":\"", "\"tag\":\"00", 1);
    let lost = (false, "1 of 3 cannot be read, as value:0".into());
    assert_eq!(asked(&node, KEY, &["readable"], &broken, 1), lost);
}

/// The webapp finds the row by the hash of what is presented; nothing that is printed is the token.
#[test]
fn a_call_presents_the_token_of_the_row() {
    let Some(node) = tool("node") else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let webapp = std::thread::spawn(move || {
        let mut heads = Vec::new();
        for status in ["200 OK", "500 Wrong"] {
            let (stream, _) = listener.accept().expect("a call");
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(reader.read_line(&mut head).expect("a line") > 0);
            }
            let text = format!(
                "HTTP/1.1 {status}\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{{\"a\": \"b\"}}\n"
            );
            reader.get_mut().write_all(text.as_bytes()).expect("sent");
            heads.push(head.to_lowercase());
        }
        heads
    });
    let [salt, hash, _] = token(&node);
    let call = ["call", &salt, "POST", "/admin/x", "{}"];
    let well = asked(&node, KEY, &call, "", port);
    let wrong = asked(&node, KEY, &call, "", port);
    let heads = webapp.join().expect("its end");
    assert_eq!(well, (true, "{\"a\": \"b\"}".into()));
    assert_eq!(wrong, (false, "POST /admin/x answers 500".into()));
    let presented = heads[0].lines().find_map(|it| it.strip_prefix("authorization: bearer "));
    let presented = presented.expect("a token");
    assert!(presented.starts_with("tr_pat_") && sha256(presented.as_bytes()) == hash);
    assert!(heads[0].starts_with("post /admin/x "), "{}", heads[0]);
}
