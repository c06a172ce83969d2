//! A real Docker engine on a machine of namespaces, and what the emitted daemon.json makes of it.

use super::machine::{Machine, possible};
use super::{Bundle, site};
use std::process::Stdio;

/// A running engine.
pub(super) struct Engine<'m> {
    machine: &'m Machine,
}

impl Drop for Engine<'_> {
    fn drop(&mut self) {
        // Containers leave control groups behind when they are killed from above.
        self.machine.run("docker rm -f $(docker ps -aq); kill $(cat docker.pid)");
    }
}

impl<'m> Engine<'m> {
    /// Starts the engine with the machine's daemon.json, with its data and socket in the machine's folder, and one
    /// image: busybox, called `box`.
    pub(super) fn start(machine: &'m Machine) -> Self {
        let engine = Self { machine };
        engine.boot();
        machine.must(&format!(
            "cd {}; mkdir -p box/bin; cp /usr/bin/busybox box/bin/; for it in sh nc sleep cat grep echo; do
               ln -sf busybox box/bin/$it; done; tar -C box -c . | docker import - box",
            machine.folder.path().display()
        ));
        engine
    }

    /// Starts the daemon, and waits until it answers.
    #[expect(
        clippy::zombie_processes,
        reason = "it ends with its machine, whose first process reaps it"
    )]
    pub(super) fn boot(&self) {
        let folder = self.machine.folder.path().display();
        let log = std::fs::File::create(self.machine.path("docker.log")).expect("a log");
        let mut command = self.machine.command(&format!(
            "mkdir -p /etc/docker; [ -e /etc/docker/daemon.json ] || echo '{{}}' >/etc/docker/daemon.json
             exec dockerd --data-root {folder}/data --exec-root {folder}/exec --pidfile {folder}/docker.pid \
               --host unix://{folder}/docker.sock"
        ));
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        let mut daemon = command.spawn().expect("nsenter");
        for _ in 0..300 {
            if self.machine.run("docker info").status.success() {
                return;
            }
            let ended = daemon.try_wait().expect("the daemon");
            let log = std::fs::read_to_string(self.machine.path("docker.log")).expect("its log");
            assert!(ended.is_none(), "dockerd ended: {log}");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("dockerd did not answer within half a minute");
    }

    /// Ends the daemon, as systemd does, and waits for its end.
    pub(super) fn stop(&self) {
        let folder = self.machine.folder.path().display();
        self.machine.must(&format!(
            "pid=$(cat {folder}/docker.pid); kill $pid; while [ -e /proc/$pid ]; do sleep 0.1; done"
        ));
    }

    /// Runs a container that says its name to whoever comes to its port 80.
    pub(super) fn serve(&self, name: &str, options: &str) {
        self.machine.must(&format!(
            "docker run -d --name {name} {options} box /bin/nc -ll -p 80 -e /bin/echo {name}"
        ));
    }
}

/// An engine that does not know a key does not start: every key of ours is known to 20.10.
#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn the_engine_takes_every_setting() {
    if !possible(&["dockerd", "docker"]) {
        return;
    }
    let machine = Machine::start();
    Bundle::of(&site("daemon: { log_max_size: 7MiB, log_max_files: 3, open_files: 1000 }"))
        .write(&machine.path("root"));
    machine.must(&format!(
        "mkdir -p /etc/docker; cp {}/host/etc/docker/daemon.json /etc/docker/",
        machine.path("root").display()
    ));
    let engine = Engine::start(&machine);
    engine.serve("mine", "");

    let inspected = machine.must("docker inspect mine -f '{{json .HostConfig.LogConfig}}'");
    assert_eq!(inspected.trim(), r#"{"Type":"local","Config":{"max-file":"3","max-size":"7m"}}"#);
    let status = machine.must("docker exec mine cat /proc/1/status");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    let limits = machine.must("docker exec mine cat /proc/1/limits");
    let files = limits.lines().find(|it| it.starts_with("Max open files")).expect("a limit");
    assert_eq!(files.split_whitespace().nth(3), Some("1000"), "{files}");

    // Live restore: the container goes on, under the same process, while the engine is away.
    let process = machine.must("docker inspect mine -f '{{.State.Pid}}'");
    engine.stop();
    machine.must(&format!("[ -e /proc/{} ]", process.trim()));
    engine.boot();
    assert_eq!(machine.must("docker inspect mine -f '{{.State.Pid}}'"), process);
}
