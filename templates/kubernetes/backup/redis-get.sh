umask 077
printf '%s\n%s\n' "$ACCESS_KEY_ID" "$SECRET_ACCESS_KEY" | mc alias set bucket "$ENDPOINT" --api S3v4 >/dev/null
mc cp --quiet "bucket/$FOLDER/$SET.rdb" /stage/dump.rdb
