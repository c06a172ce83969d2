umask 077
read -r set </stage/set
printf '%s\n%s\n' "$ACCESS_KEY_ID" "$SECRET_ACCESS_KEY" | mc alias set bucket "$ENDPOINT" --api S3v4 >/dev/null
mc cp --quiet /stage/dump.rdb "bucket/$FOLDER/$set.rdb"
mc rm --quiet --recursive --force --older-than "$KEEP" "bucket/$FOLDER/"
