# shellcheck shell=bash
# Sourced by tools/image-test: PostgreSQL, an upgrade that runs once, two workers, one killed.

# The cluster of docker-compose.yml without Compose: the image several times on this machine's
# network, beside a PostgreSQL of the machine.
check_cluster() {
    local python=.venv/bin/python url
    if ! in_container 'techwatch worker --help' >/dev/null 2>&1; then
        unproved+=("the cluster: this techwatch has no workers")
        return
    fi
    if ! [ -x "$python" ] || ! start_postgres "$python"; then
        unproved+=("the cluster: no PostgreSQL here; make .venv/dev brings one")
        return
    fi
    url=$(cat "$work/postgres.url")
    trial_environment="export TECHWATCH_DATABASE_URL='$url';"
    network=(--network host)
    in_container 'rm -rf /data/served /data/trial /data/digests' >/dev/null 2>&1
    publish --network host
    expect "techwatch db upgrade makes the tables on PostgreSQL" \
        "$trial_environment techwatch db upgrade"
    start worker1 "$trial_environment exec techwatch --config /data/trial worker" --network host
    start worker2 "$trial_environment exec techwatch --config /data/trial worker" --network host
    trial "two workers poll" wait 1
    kill_it worker1
    trial "one is killed with -9, the other does the rest, and a digest is in the volume" wait 88 1
    trial "" second
    start worker1 "$trial_environment exec techwatch --config /data/trial worker" --network host
    trial "another joins, and what has changed is found" wait 89 2
    trial "the cluster lost nothing and did nothing twice" verify 89
    sed 's/^/          /' "$work/out.log"
    end_containers
    trial_environment=""
    network=(--network none)
    stop_postgres
}

# Serve PostgreSQL until its standard input ends.
start_postgres() {
    local tries=0
    mkfifo "$work/postgres.stdin"
    "$1" tools/image/postgres.py "$work/postgres.url" \
        <"$work/postgres.stdin" >"$work/postgres.log" 2>&1 &
    postgres_process=$!
    exec {postgres_open}>"$work/postgres.stdin"
    until [ -s "$work/postgres.url" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 60 ] || ! kill -0 "$postgres_process" 2>/dev/null; then
            cat "$work/postgres.log" >&2
            return 1
        fi
        sleep 1
    done
}

stop_postgres() {
    [ -n "${postgres_open:-}" ] || return 0
    exec {postgres_open}>&-
    postgres_open=""
    wait "$postgres_process" || true
}
