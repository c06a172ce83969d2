//! The emitted virtual hosts, judged by nginx itself: of two versions, between clients that say exactly what a test
//! writes and a stand-in that keeps exactly what arrives, on a machine of each test's own.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod client;
mod machine;
mod route;
mod server;
mod stub;

#[test]
fn trial() {
    use server::*;
    let t = std::time::Instant::now();
    let files: Files = vec![("/etc/nginx/conf.d/trigger.conf".into(), std::fs::read_to_string("/tmp/jt/skeleton.conf").unwrap())];
    for v in [OLD, NEW] {
    let Some(server) = Server::with(v, &files, &[address("100.101.102.103")]) else { return };
    server.certify(&files);
    let out = server.check();
    println!("{out:?}");
    server.start(&[8030]);
    server.machine.inside(|| {
        let way = client::Way { to: address(PUBLIC), from: address(OUTSIDER), name: Some("api.trigger.example.com") };
        println!("{:?} {:?}", t.elapsed(), server.get(way, "api.trigger.example.com", "/api/v1/whoami"));
        println!("{:?} {:?}", t.elapsed(), server.get(way, "api.trigger.example.com", "/api/v1/..\\..\\login"));
        let mut c = client::Connection::open(way);
        for _ in 0..200 { c.ask(&client::request("GET", "/api/v1/whoami%2f", "api.trigger.example.com", "")).unwrap(); }
        println!("{:?}", t.elapsed());
        for _ in 0..20 { server.get(way, "api.trigger.example.com", "/api/v1/whoami"); }
        println!("{:?}", t.elapsed());
        println!("{:?}", server.get(client::Way{name: None, ..way}, "api.trigger.example.com", "/api/v1/whoami"));
    });
    println!("{}", server.log("access.log").len());
    }
}
