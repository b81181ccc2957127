#!/bin/sh
# Runs once, when the database is made: the owner migrates, the application works.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    --set owner_password="$OWNER_PASSWORD" --set application_password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE imprimatur_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE imprimatur_app LOGIN PASSWORD :'application_password';
ALTER DATABASE imprimatur OWNER TO imprimatur_owner;
REVOKE ALL ON DATABASE imprimatur FROM PUBLIC;
GRANT CONNECT ON DATABASE imprimatur TO imprimatur_app;
SQL
