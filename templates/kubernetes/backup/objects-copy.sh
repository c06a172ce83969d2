umask 077
sleep "$PAUSE"
printf '%s\n%s\n' "$ACCESS_KEY_ID" "$SECRET_ACCESS_KEY" | mc alias set bucket "$ENDPOINT" --api S3v4 >/dev/null
printf '%s\n%s\n' "$STORE_ACCESS_KEY_ID" "$STORE_SECRET_ACCESS_KEY" | mc alias set store "$STORE" --api S3v4 >/dev/null
mc mirror --quiet --overwrite "$FROM" "$TO"
