//! What the programs of a machine say on which all is well.

use super::machine::{Answer, Machine, answer};

pub(super) fn answers(machine: &Machine) -> Vec<Answer> {
    let mut all = host();
    all.extend(engine(machine));
    all.extend(application(machine));
    all.extend(proxy(machine));
    all
}

fn host() -> Vec<Answer> {
    vec![
        answer("timedatectl", "*", "yes\n"),
        answer("uname", "-m", "x86_64\n"),
        answer(
            "ss",
            "*",
            "LISTEN 0 511 127.0.0.1:8030 0.0.0.0:*\nLISTEN 0 511 0.0.0.0:443 0.0.0.0:*\n",
        ),
        answer("df", "*", "Use%\n 41%\n"),
        answer("sysctl", "*", "1\n"),
        answer("getent", "*", "192.0.2.1 STREAM\n"),
        answer("stat", "'-c %a %u'*", "600 0\n"),
        answer("stat", "*.log", "640\n"),
        answer("stat", "*", "600\n"),
        answer(
            "nft",
            "*",
            "table inet trigger_host {\n type filter hook prerouting priority mangle; policy accept;\n fib daddr type { local, broadcast, anycast, multicast } drop\n type filter hook forward priority filter - 1; policy accept;\n}\n",
        ),
        answer("systemctl", "*", ""),
        answer(
            "sshd",
            "-T",
            "passwordauthentication no\nkbdinteractiveauthentication no\npermitrootlogin without-password\n",
        ),
        answer("fail2ban-client", "*", "Status\n|- Currently banned:\t3\n"),
        answer(
            "apt-config",
            "*",
            "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n",
        ),
        answer("unattended-upgrade", "*", ""),
        answer("apt", "*", APT),
        answer("journalctl", "*", ""),
    ]
}

/// What `apt list --upgradable` says where only what is no security update waits.
const APT: &str = "\
Listing...
appstream/oldstable 0.16.1-2+b1 amd64 [upgradable from: 0.16.1-2]
debian-security-support/oldstable 1:12+2025 all [upgradable from: 1:12+2024]
";

fn engine(machine: &Machine) -> Vec<Answer> {
    let project = machine.constant("PROJECT");
    let docker = |pattern: &str, said: &str| answer("docker", pattern, said);
    let mut all = Vec::new();
    for pair in machine.expected("V31") {
        let (service, image) = pair.split_once('=').expect("a pair");
        let pattern = format!("*Config.Image*' {project}-{service}'");
        all.push(docker(&pattern, &format!("{image}\n")));
    }
    let images = machine.expected("V22").join("\n");
    let own_proxy = format!("{project}-docker-proxy");
    all.extend([
        docker("info", ""),
        docker("'compose version'", ""),
        docker("*Server.Version*", "28.5.1\n"),
        docker("'compose version'*", "v2.40.0\n"),
        docker("compose*' config --images'", &format!("{images}\n")),
        docker(
            "compose*' config'",
            &format!("    published: \"8030\"\n    host_ip: 127.0.0.1\nvolumes:\n  registry:\n    name: {project}-registry\n"),
        ),
        docker("*State.Status*", "running healthy 0 2026-01-01T00:00:00Z\n"),
        docker("*State.Running*", "true\n"),
        docker("*HostConfig.SecurityOpt*", "[no-new-privileges:true] false\n"),
        docker("*HostConfig.Memory*", "268435456\n"),
        docker("'ps --quiet'", "aa\nbb\n"),
        docker("*'{{.Name}}{{range .Mounts}}'*", &format!("/{own_proxy} /var/run/docker.sock=false\n/other /data=true\n")),
        docker("*NetworkSettings.Networks*", &format!("{project}-docker-proxy \n")),
        docker(&format!("'network inspect'*' {project}-docker-proxy'"), &format!("{project}-supervisor\n{own_proxy}\n\n")),
        docker("'network inspect'*", &format!("{project}-webapp\n{project}-supervisor\n")),
        docker("*'printenv DOCKER_RUNNER_NETWORKS'", &format!("{project}-runner\n")),
        docker("*'{{.Destination}}'*", &format!("/auth/htpasswd= /var/lib/registry={project}-registry \n")),
        docker("*'printenv TRIGGER_TELEMETRY_DISABLED'", "1\n"),
        docker("*LoggingDriver*", "local true\n"),
        docker("*DockerRootDir*", "/\n"),
        docker("*OOMKilled*", "false\n"),
        docker("'ps --filter'*", "aa\n"),
        docker("'ps --all'*", "running\nexited\nexited\n"),
        docker("logs*", "Connected to platform\n"),
    ]);
    all
}

fn application(machine: &Machine) -> Vec<Answer> {
    let docker = |pattern: &str, said: &str| answer("docker", pattern, said);
    let supervisors: String =
        machine.expected("V56").iter().map(|it| format!("{it}|12\n")).collect();
    let sign_in = machine.dotenv("WHITELISTED_EMAILS");
    // As .env has it in double quotes.
    let sign_in =
        sign_in.trim_matches('"').replace(r"\\", "\0").replace('\\', "").replace('\0', "\\");
    vec![
        docker("*'printenv WHITELISTED_EMAILS'", &format!("{sign_in}\n")),
        docker("*worker_token*", "48\n"),
        docker("*WorkerInstance*", &supervisors),
        docker("*wal_level*", "logical|0|5000\n"),
        docker("*pg_publication_tables*", "1\n"),
        docker("*'client backend'*", "12|100|340\n"),
        docker("*string_agg(slot_name*", "\n"),
        docker("*PersonalAccessToken*", "0\n"),
        docker("*pg_replication_slots*", "t|reserved|3|-1\n"),
        docker("*'from \"TaskRun\"'*", "100\n"),
        docker("*'node - health'*", "pass it answers\n"),
        docker("*'node - clickhouse select version'*", "26.2.19.43\t1\t500\n"),
        docker("*'node - clickhouse select (select toUInt8'*", "41\t70000\t7\t1000\n"),
        docker("*'node - clickhouse select uniqExact'*", "100\n"),
        docker("*'node - clickhouse select toUnixTimestamp'*", "100\n"),
        docker(
            "*'node - redis'",
            "used_memory:1048576\nmaxmemory:201326592\nrdb_last_bgsave_status:ok\naof_enabled:1\naof_last_write_status:ok\nmaxmemory_policy:noeviction\n",
        ),
        docker("*'node - object-store packets'", "pass a byte went in and came back\n"),
        docker("*'node - s2'", "pass it answers\n"),
        docker("*'node - docker-proxy'", "pass containers are listed\n"),
        docker("*'node - unreachable docker-proxy 2375'", "pass it cannot be reached\n"),
        answer("curl", "*'http://127.0.0.1:'*'/healthcheck'", "OK"),
        answer("curl", "*'/api/v1/runs'", "401 application/problem+json; charset=utf-8"),
        answer("curl", "*'-K - http://127.0.0.1:'*'/v2/'", "200"),
        answer("curl", "*'http://127.0.0.1:'*'/v2/'", "401"),
    ]
}

/// What `openssl x509` says of a certificate of these years.
pub(super) fn lifetime(start: &str, end: &str) -> String {
    format!("notBefore=Jan  1 00:00:00 {start} GMT\nnotAfter=Jan  1 00:00:00 {end} GMT\n")
}

/// What is seen from another machine; `timeout` stands for the shell that opens a connection.
pub(super) fn outside() -> Vec<Answer> {
    let closed = ("timeout", "*".into(), String::new(), 1);
    let open = ["80", "443"].map(|it| ("timeout", format!("*' {it}'"), String::new(), 0));
    let mut all = vec![
        answer("curl", "*'--connect-to'*", "404"),
        answer("curl", "*'/api/v1/whoami'", "401"),
        answer("curl", "*'Upgrade: foo'*", "200"),
        closed,
    ];
    all.extend(open);
    all
}

fn proxy(machine: &Machine) -> Vec<Answer> {
    let redirects = machine.expected("V61").into_iter().map(|it| {
        let (host, _) = it.split_once('=').expect("a pair");
        answer("curl", &format!("*redirect_url*' http://{host}/'"), &format!("301 https://{host}/"))
    });
    let others = vec![
        answer("nginx", "-T", &format!("include \"{}\";\n", machine.expected("V60").concat())),
        answer("openssl", "*tls1_1*", "").with_status(1),
        answer("openssl", "x509*", &lifetime("2020", "2100")),
        answer("openssl", "*", "-----BEGIN CERTIFICATE-----\n"),
        answer("curl", "*time_starttransfer*", "401 0.004113"),
        answer("curl", "*'/socket.io/'*", "101").with_status(28),
        answer("curl", "*verify.invalid*", "000").with_status(35),
        answer(
            "curl",
            "*'-D - '*",
            "HTTP/2 200\nserver: nginx\nstrict-transport-security: max-age=63072000\n",
        ),
        answer("curl", "*':443:127.0.0.1 '*/login", "404"),
        answer("curl", "*/login", "200"),
        answer("curl", "*'--max-time 15 https://'*'/healthcheck'", "OK"),
        answer("curl", "*'token='*", ""),
    ];
    redirects.chain(others).collect()
}

trait WithStatus {
    fn with_status(self, status: i32) -> Self;
}

impl WithStatus for Answer {
    fn with_status(mut self, status: i32) -> Self {
        self.3 = status;
        self
    }
}
