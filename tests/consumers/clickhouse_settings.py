"""Starts the real ClickHouse engine (chdb) with configuration files and prints what it made of them, as JSON.

usage: chdb-python clickhouse_settings.py TARGET=FILE...

TARGET is where the server finds FILE, relative to /etc/clickhouse-server: config.d/override.xml=out/x/docker/....
Around them stands the skeleton of the image's own configuration: its folders, its profile, and every system log
that it switches on. Folders under /var/lib/clickhouse are moved into a temporary one. Output:

  server_settings, settings, merge_tree_settings   {name: {"value": "...", "changed": true}}
  logs    {table: its TTL expression, "" without one}, after everything was flushed

A configuration that the engine refuses is exit 1, with the engine's own words on stderr.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

DATA = "/var/lib/clickhouse"

# The logs that the server's stock configuration switches on. Two of them stand with a whole engine or a TTL of
# their own, and an override has to live with that: a <ttl> beside an <engine> stops the server.
PLAIN_LOGS = [
    "query_log", "trace_log", "query_thread_log", "query_views_log", "part_log", "text_log", "metric_log",
    "latency_log", "error_log", "query_metric_log", "asynchronous_metric_log", "crash_log", "backup_log",
    "s3queue_log", "aggregated_zookeeper_log", "zookeeper_connection_log", "background_schedule_pool_log",
]  # fmt: skip
LOGS_WITH_TTL = {"processors_profile_log": 30, "asynchronous_insert_log": 3, "blob_storage_log": 30}
LOGS_WITH_ENGINE = {
    "opentelemetry_span_log": "ENGINE = MergeTree PARTITION BY toYYYYMM(finish_date) ORDER BY (finish_date, finish_time_us)",
}


def log_section(name: str) -> str:
    body = f"<database>system</database><table>{name}</table>"
    if name in LOGS_WITH_ENGINE:
        body += f"<engine>{LOGS_WITH_ENGINE[name]}</engine>"
    if name in LOGS_WITH_TTL:
        body += f"<ttl>event_date + INTERVAL {LOGS_WITH_TTL[name]} DAY</ttl>"
    return f"  <{name}>{body}</{name}>\n"


def config_xml(etc: Path) -> str:
    logs = "".join(map(log_section, [*PLAIN_LOGS, *LOGS_WITH_TTL, *LOGS_WITH_ENGINE]))
    return f"""<clickhouse>
  <path>{DATA}/</path>
  <tmp_path>{DATA}/tmp/</tmp_path>
  <user_files_path>{DATA}/user_files/</user_files_path>
  <format_schema_path>{DATA}/format_schemas/</format_schema_path>
  <users_config>{etc}/users.xml</users_config>
  <user_directories>
    <users_xml><path>{etc}/users.xml</path></users_xml>
    <local_directory><path>{DATA}/access/</path></local_directory>
  </user_directories>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
{logs}</clickhouse>
"""


USERS_XML = """<clickhouse>
  <profiles><default/></profiles>
  <users>
    <default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
  </users>
  <quotas><default/></quotas>
</clickhouse>
"""


def lay_out(root: Path, files: dict[str, Path]) -> Path:
    """Writes the configuration under `root` and returns config.xml."""
    etc = root / "etc"
    texts = {"config.xml": config_xml(etc), "users.xml": USERS_XML}
    texts |= {target: file.read_text() for target, file in files.items()}
    for target, text in texts.items():
        place = etc / target
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.replace(DATA, str(root / "data")))
    (root / "data").mkdir()
    return etc / "config.xml"


def report(query, root: Path) -> dict:
    def rows(sql: str) -> list[dict]:
        return [json.loads(line) for line in str(query(sql, "JSONEachRow")).splitlines() if line]

    def settings(table: str) -> dict:
        return {
            row["name"]: {"value": row["value"].replace(str(root / "data"), DATA), "changed": bool(row["changed"])}
            for row in rows(f"SELECT name, value, changed FROM system.{table}")
        }

    answer = {table: settings(table) for table in ("server_settings", "settings", "merge_tree_settings")}
    query("SYSTEM FLUSH LOGS", "Null")
    answer["logs"] = {
        row["name"]: ttl.group(1) if (ttl := re.search(r" TTL (.*?)(?: SETTINGS |$)", row["engine_full"])) else ""
        for row in rows("SELECT name, engine_full FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'")
    }
    return answer


def main() -> int:
    files = {target: Path(file) for target, _, file in (argument.partition("=") for argument in sys.argv[1:])}
    import chdb

    with tempfile.TemporaryDirectory(prefix="clickhouse-") as folder:
        root = Path(folder)
        config = lay_out(root, files)
        try:
            connection = chdb.connect(f"{root}/data?config-file={config}")
            answer = report(connection.query, root)
            connection.close()
        except Exception as error:
            print(error, file=sys.stderr)
            return 1
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
