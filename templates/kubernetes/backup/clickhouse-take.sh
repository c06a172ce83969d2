umask 077
date -u +%Y-%m-%dT%H-%M-%SZ >/work/set
read -r set </work/set
clickhouse-client --host "$STORE" --receive_timeout "$DEADLINE" --query "BACKUP DATABASE trigger_dev, TABLE default.goose_db_version TO Disk('away', '$set/')" >/work/answer
cat /work/answer
grep -q BACKUP_CREATED /work/answer
