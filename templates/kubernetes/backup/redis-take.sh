umask 077
date -u +%Y-%m-%dT%H-%M-%SZ >/work/set
redis-cli -h "$STORE" --rdb /work/dump.rdb
redis-check-rdb /work/dump.rdb
