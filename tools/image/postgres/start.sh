# shellcheck shell=sh
# What PostgreSQL's own image does at a start, as far as docker-compose.yml needs it.
set -eu
mkdir -p /run/postgresql
if ! [ -s "$PGDATA/PG_VERSION" ]; then
    # shellcheck disable=SC2086 # several options in one variable
    initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
        --auth=scram-sha-256 --encoding=UTF8 $POSTGRES_INITDB_ARGS
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export PGPASSWORD
    pg_ctl --options="-c listen_addresses=" --wait start
    createdb --host=/run/postgresql --username="$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl --wait stop
fi
exec postgres -c listen_addresses='*'
