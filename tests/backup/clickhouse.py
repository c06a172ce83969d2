"""The real ClickHouse engine (chdb) behind a socket, with the emitted server settings, for the tests of backup.

usage: chdb-python clickhouse.py serve SOCKET DATA CONFIG...   CONFIG are files of config.d; DATA takes the place of the volume
       python3 clickhouse.py ask SOCKET SQL                    prints the answer; a body of INSERT comes from standard input
"""

import json
import socket
import sys
from pathlib import Path

VOLUME = "/var/lib/clickhouse"


def lay_out(data: Path, files: list[Path]) -> Path:
    etc = data.parent / "etc-clickhouse"
    (etc / "config.d").mkdir(parents=True, exist_ok=True)
    config = etc / "config.xml"
    config.write_text(
        f"<clickhouse><path>{data}/</path><tmp_path>{data}/tmp/</tmp_path><users_config>{etc}/users.xml</users_config>"
        f"<user_directories><users_xml><path>{etc}/users.xml</path></users_xml></user_directories>"
        "<default_profile>default</default_profile><default_database>default</default_database></clickhouse>"
    )
    (etc / "users.xml").write_text(
        "<clickhouse><profiles><default/></profiles><users><default><password/><networks><ip>::/0</ip></networks>"
        "<profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></clickhouse>"
    )
    for file in files:
        (etc / "config.d" / file.name).write_text(file.read_text().replace(VOLUME, str(data)))
    return config


def read_all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def serve(place: str, data: Path, files: list[Path]) -> None:
    import chdb

    engine = chdb.connect(f"{data}?config-file={lay_out(data, files)}")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen()
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                answer = {"out": engine.query(read_all(connection).decode(), "TSV").bytes().decode()}
            except Exception as error:
                answer = {"error": str(error)}
            connection.sendall(json.dumps(answer).encode())


def ask(place: str, sql: str) -> int:
    if sql.startswith("INSERT "):
        sql += "\n" + sys.stdin.read()
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(place)
    connection.sendall(sql.encode())
    connection.shutdown(socket.SHUT_WR)
    answer = json.loads(read_all(connection))
    print(answer.get("out") or "", end="")
    print(answer.get("error") or "", end="", file=sys.stderr)
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], Path(sys.argv[3]), [Path(it) for it in sys.argv[4:]])
    else:
        sys.exit(ask(*sys.argv[2:]))
