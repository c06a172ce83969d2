#!/bin/bash
set -euo pipefail

ENV_FILE="/opt/trigger-dev/.env"
WEBAPP_COMPOSE="/opt/trigger-dev/webapp/docker-compose.yml"
WORKER_COMPOSE="/opt/trigger-dev/worker/docker-compose.yml"

case "${1:-help}" in
  up)
    docker compose -f "$WEBAPP_COMPOSE" --env-file "$ENV_FILE" up -d
    sleep 5
    docker compose -f "$WORKER_COMPOSE" --env-file "$ENV_FILE" up -d
    echo "Trigger.dev v4 gestart"
    ;;
  down)
    docker compose -f "$WORKER_COMPOSE" --env-file "$ENV_FILE" down
    docker compose -f "$WEBAPP_COMPOSE" --env-file "$ENV_FILE" down
    echo "Trigger.dev v4 gestopt"
    ;;
  restart)
    $0 down
    $0 up
    ;;
  logs)
    SERVICE="${2:-}"
    if [ -n "$SERVICE" ]; then
      docker compose -f "$WEBAPP_COMPOSE" --env-file "$ENV_FILE" logs -f --tail=50 "$SERVICE" 2>/dev/null || \
      docker compose -f "$WORKER_COMPOSE" --env-file "$ENV_FILE" logs -f --tail=50 "$SERVICE"
    else
      docker compose -f "$WEBAPP_COMPOSE" --env-file "$ENV_FILE" logs -f --tail=30 &
      docker compose -f "$WORKER_COMPOSE" --env-file "$ENV_FILE" logs -f --tail=30
    fi
    ;;
  status)
    echo "=== Webapp Stack ==="
    docker compose -f "$WEBAPP_COMPOSE" --env-file "$ENV_FILE" ps
    echo ""
    echo "=== Worker Stack ==="
    docker compose -f "$WORKER_COMPOSE" --env-file "$ENV_FILE" ps
    ;;
  *)
    echo "Usage: $0 {up|down|restart|logs [service]|status}"
    ;;
esac
