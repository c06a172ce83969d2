umask 077
redis-check-rdb /stage/dump.rdb
rm -rf /data/appendonlydir /data/appendonly.aof /data/dump.rdb
cp /stage/dump.rdb /data/dump.rdb
redis-server --dir /data --bind 127.0.0.1 --appendonly no --save '' --logfile /stage/log &
server=$!
# Nothing is waited for once the server is gone.
lives() {
  kill -0 "$server" && return
  cat /stage/log
  exit 1
}
until redis-cli ping | grep -q PONG; do
  lives
  sleep 1
done
redis-cli config set appendonly yes
sleep 2
until redis-cli info persistence | grep -q 'aof_rewrite_in_progress:0'; do
  lives
  sleep 1
done
redis-cli info persistence | grep -q 'aof_last_bgrewrite_status:ok'
redis-cli info persistence | grep -q 'aof_rewrite_scheduled:0'
redis-cli dbsize
redis-cli shutdown nosave || true
wait "$server"
test -d /data/appendonlydir
