umask 077
date -u +%Y-%m-%dT%H-%M-%SZ >/stage/set
redis-cli -h "$STORE" --rdb /stage/dump.rdb
redis-check-rdb /stage/dump.rdb
