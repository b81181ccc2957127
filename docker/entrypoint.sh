#!/bin/sh
# What a container of the image does: web, worker, beat, migrate; and what the image's build
# and its health check run.
set -eu
cd "$(dirname "$0")/.."

# What stays running works as the application's role, and does not start as one that could
# rewrite the audit trail.
safely() {
    export DATABASE_ROLE=application
    python manage.py check --database default
}

case "${1:-web}" in
web)
    safely
    exec python -m config.web --host "${WEB_HOST:-0.0.0.0}" --port "${WEB_PORT:-8000}" \
        --workers "${WEB_WORKERS:-2}" --threads "${WEB_THREADS:-4}"
    ;;
worker)
    safely
    exec python -m celery --app config worker --loglevel INFO \
        --concurrency "${WORKER_PROCESSES:-2}" --without-gossip --without-mingle
    ;;
beat)
    safely
    exec python -m celery --app config.clock beat --loglevel INFO --schedule "$DATA/beat"
    ;;
migrate)
    exec python -m config.prepare
    ;;
collectstatic)
    # Reads no secret and reaches no service: placeholders let production mode start.
    exec env SECRET_KEY="$(printf 'placeholder-%.0s' 1 2 3 4 5)" ALLOWED_HOSTS=localhost \
        DATABASE_URL=postgresql://nobody@localhost/none BROKER_URL=redis://localhost \
        ARTIFACT_STORE="file://$DATA/artifacts" \
        python manage.py collectstatic --no-input --verbosity 0
    ;;
healthy)
    exec python docker/healthy.py
    ;;
*)
    exec "$@"
    ;;
esac
