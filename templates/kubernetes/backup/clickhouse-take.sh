umask 077
date -u +%Y-%m-%dT%H-%M-%SZ >/stage/set
read -r set </stage/set
clickhouse-client --host "$STORE" --receive_timeout "$DEADLINE" --query "BACKUP DATABASE trigger_dev, TABLE default.goose_db_version TO Disk('away', '$set/')" >/stage/answer
cat /stage/answer
grep -q BACKUP_CREATED /stage/answer
