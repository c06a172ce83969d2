//! `ctl/probe.js` with the real node, against a Redis, a ClickHouse and an object store that are a few lines each.

use crate::consumers::{root, scrubbed, tool};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Output;

/// A server that answers each connection so, with what it was told.
fn serve(answer: impl Fn(&mut BufReader<TcpStream>) -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let text = answer(&mut reader);
            drop(reader.get_mut().write_all(text.as_bytes()));
        }
    });
    port
}

fn http(status: &'static str, wanted: &'static str) -> u16 {
    serve(move |reader| {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).expect("a line") > 0 {}
        let status = if head.to_lowercase().contains(wanted) { status } else { "516 Refused" };
        format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    })
}

/// Wants the login that a password with blanks and line breaks gives.
fn redis() -> u16 {
    let wanted = "*2\r\n$4\r\nAUTH\r\n$10\r\np w\r\n\u{e9}+$1\r\n*1\r\n$4\r\nPING\r\n";
    serve(move |reader| {
        let mut said = vec![0; wanted.len()];
        let read = reader.read(&mut said).expect("bytes");
        match &said[..read] == wanted.as_bytes() {
            true => "+OK\r\n+PONG\r\n".into(),
            false => {
                "-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n"
                    .into()
            }
        }
    })
}

const PASSWORD: &str = "p w\r\n\u{e9}+$1";

fn probe(redis: u16, password: &str, clickhouse: &str, store: &str) -> Option<Output> {
    let node = tool("node")?;
    let file =
        std::fs::File::open(root().join("templates/docker/ctl/probe.js")).expect("the probe");
    let mut command = scrubbed(&node);
    command
        .arg("-")
        .stdin(file)
        .env("REDIS_HOST", "127.0.0.1")
        .env("REDIS_PORT", redis.to_string())
        .env("REDIS_TLS_DISABLED", "true")
        .env("REDIS_PASSWORD", password)
        .env("QUERY_CLICKHOUSE_URL", clickhouse)
        .env("OBJECT_STORE_BASE_URL", store);
    Some(crate::consumers::run(&mut command))
}

fn said(output: &Output) -> String {
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn it_says_ok_of_what_answers() {
    // The login of ClickHouse, decoded.
    let clickhouse = http("200 OK", "x-clickhouse-key: a b/c\r\n");
    let url = format!("http://default:a%20b%2Fc@127.0.0.1:{clickhouse}");
    let store = format!("http://127.0.0.1:{}", http("403 Forbidden", "get /"));
    let Some(output) = probe(redis(), PASSWORD, &url, &store) else { return };
    assert_eq!(said(&output), "redis ok\nclickhouse ok\nobject-store ok\n");
}

#[test]
fn it_says_what_is_wrong_and_no_secret() {
    let clickhouse = http("200 OK", "x-clickhouse-key: right\r\n");
    let url = format!("http://default:secret-of-mine@127.0.0.1:{clickhouse}");
    let store = format!("http://127.0.0.1:{}", http("503 Down", "get /"));
    let Some(output) = probe(redis(), "secret-of-mine", &url, &store) else { return };
    let text = said(&output);
    assert_eq!(text, "redis -WRONGPASS\nclickhouse status 516\nobject-store status 503\n");
    let nobody =
        TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    let url = format!("http://default:secret-of-mine@127.0.0.1:{nobody}");
    let bad = "http://secret-of-mine:80:80";
    let Some(output) = probe(nobody, "secret-of-mine", &url, bad) else { return };
    let text = said(&output);
    assert!(
        text.starts_with("redis ECONNREFUSED\nclickhouse ECONNREFUSED\nobject-store "),
        "{text}"
    );
    assert!(!text.contains("secret-of-mine"), "{text}");
}
