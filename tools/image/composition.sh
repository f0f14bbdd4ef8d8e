# shellcheck shell=bash
# Sourced by tools/image-test: docker-compose.yml at work, by podman-compose on the built image.

readonly composer_version=1.6.0
readonly desk_port=8323 # of this machine
readonly database_image=docker.io/library/postgres:17.6-bookworm
project="" # its name, which begins the names of its containers

check_composition() {
    if docker compose version >/dev/null 2>&1; then
        docker compose --profile mail --profile cluster config --quiet ||
            fail "docker compose refuses the composition"
        proved "docker compose accepts docker-compose.yml"
    fi
    if ! can_compose; then
        unproved+=("docker-compose.yml at work; its schema is checked by the tests")
        return
    fi
    prepare_project
    local profile
    for profile in mail desk cluster; do
        compose trial.yml --profile "$profile" config >"$work/compose.log" 2>&1 ||
            { tail "$work/compose.log" >&2; fail "podman-compose refuses the profile $profile"; }
    done
    proved "podman-compose accepts docker-compose.yml with each of its profiles"
    check_default_profile
    make_database_image
    check_cluster_profile
    unproved+=("the profile mail at work: its image comes from a registry"
        "PostgreSQL's own image: Debian's PostgreSQL of the same version took its place")
}

# What it takes: root's podman with names between containers, and podman-compose.
can_compose() {
    local folder
    [ "$engine" = podman ] && is_root && [ -z "${BASE_IMAGE:-}" ] || return 1
    for folder in /usr/lib/podman /usr/libexec/podman; do
        [ ! -x "$folder/netavark" ] || [ ! -x "$folder/aardvark-dns" ] || break
    done
    [ -x "$folder/aardvark-dns" ] || return 1
    python3 -m venv "$work/composer" && "$work/composer/bin/pip" install --quiet \
        --disable-pip-version-check "podman-compose==$composer_version" >"$work/pip.log" 2>&1
}

# A folder as users have it, with the demonstration's feeds as configuration, and what the trial
# adds: a web server for them, and the volume of the runs before.
prepare_project() {
    local folder=$work/techwatch
    project=$(basename "$folder")
    mkdir -p "$folder/config" "$folder/secrets" "$work/networks"
    cp docker-compose.yml tools/image/trial.py "$folder"
    cp -r baseline "$folder"
    in_container 'rm -rf /data/served /data/trial /data/digests /data/techwatch.db*' >/dev/null
    trial "" prepare http://publisher:8471
    in_container 'tar -C /data/trial -c .' | tar -C "$folder/config" -x --no-same-owner
    printf 'DESK_PORT=%s\n' "$desk_port" >"$folder/.env"
    printf image-test >"$folder/secrets/postgres_password"
    printf postgresql+psycopg://techwatch:image-test@postgres/techwatch \
        >"$folder/secrets/database_url"
    cat >"$folder/default.yml" <<END
services:
  techwatch: &alone
    depends_on: !reset null # podman-compose misses what \`required: false\` names
  desk: *alone
volumes:
  data: {name: $volume, external: true}
END
    cat >"$folder/trial.yml" <<END
services:
  techwatch:
    volumes: ["./trial.py:/trial.py:ro"]
  publisher:
    image: techwatch:local
    networks: [default]
    entrypoint: [python3, -m, http.server, --directory, /data/served, "8471"]
    volumes: ["data:/data"]
    healthcheck: {disable: true}
volumes:
  data: {name: $volume, external: true}
END
    cat >"$work/containers.conf" <<END
[network]
network_backend = "netavark"
network_config_dir = "$work/networks"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"] # any machine can grant these
END
    export CONTAINERS_CONF=$work/containers.conf
    # Podman 4.3 can't start what requires a container that requires another; the order is
    # podman-compose's affair anyway.
    cat >"$work/podman" <<END
#!/usr/bin/env bash
kept=()
for word; do [[ \$word == --requires=* ]] || kept+=("\$word"); done
exec ${command[@]@Q} "\${kept[@]}"
END
    chmod +x "$work/podman"
    "${command[@]}" tag "$image" localhost/techwatch:local
}

# Call podman-compose with one more file of the project.
compose() {
    local file=$1
    shift
    "$work/composer/bin/podman-compose" --podman-path "$work/podman" \
        --file "$work/techwatch/docker-compose.yml" --file "$work/techwatch/$file" "$@"
}

composed() {
    compose "$@" >>"$work/compose.log" 2>&1 ||
        { tail -n 30 "$work/compose.log" >&2; fail "podman-compose ${*:2}"; }
}

# Wait until the health check of each of these services' containers says yes. Podman without systemd
# doesn't ask by itself, and podman-compose doesn't wait for it with Podman 4.3.
wait_healthy() {
    local name started=$SECONDS
    for name in "$@"; do
        until "${command[@]}" healthcheck run "${project}_$name" >/dev/null 2>&1; do
            [ $((SECONDS - started)) -lt 90 ] || { end_project; fail "$name isn't healthy"; }
            sleep 1
        done
    done
}

# Stop services and look that each of these containers ended by itself, with status 0.
stop_services() {
    local name status
    "${command[@]}" stop --time 15 "${@/#/${project}_}" >>"$work/compose.log" 2>&1
    for name in "$@"; do
        status=$("${command[@]}" inspect --format '{{.State.ExitCode}}' "${project}_$name")
        [ "$status" = 0 ] || { end_project; fail "SIGTERM ended $name with status $status"; }
    done
}

end_project() {
    local name
    for name in techwatch_1 desk_1 worker_1 worker_2 migrate_1 postgres_1; do
        "${command[@]}" logs "${project}_$name" >"$work/$name.log" 2>&1 || continue
        { echo "-- $name"; tail -n 15 "$work/$name.log"; } >&2
    done
}

# Networks are looked for in the project's folder only once there is one.
remove_project() {
    "${command[@]}" rm --force --all --time 0 >/dev/null 2>&1 || true
    "${command[@]}" pod rm --force --all >/dev/null 2>&1 || true
    [ -z "$project" ] || "${command[@]}" network prune --force >/dev/null 2>&1 || true
}

check_default_profile() {
    composed default.yml --profile desk up --detach --no-build
    wait_healthy techwatch_1 desk_1
    "${command[@]}" logs "${project}_desk_1" 2>&1 | grep -q "http://127.0.0.1:$desk_port/invitation/" ||
        fail "the desk's log has no link for the first admin"
    curl --silent --show-error --fail --output /dev/null "http://127.0.0.1:$desk_port/login" ||
        fail "the desk's port on this machine does not answer"
    stop_services techwatch_1 desk_1
    composed default.yml --profile desk down
    remove_project
    proved "service and desk come up, are healthy, the desk's port answers; both stop with status 0"
}

# A PostgreSQL under the name that the composition asks for, from Debian's packages.
make_database_image() {
    local name options=()
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [ -z "${!name:-}" ] || options+=(--build-arg "$name=${!name}")
    done
    "${command[@]}" build --format docker --layers=false --isolation chroot --network host \
        --build-arg "BASE_IMAGE=localhost/debian-python:$suite" "${options[@]}" \
        --tag "$database_image" tools/image/postgres >"$work/build.log" 2>&1 ||
        { tail -n 20 "$work/build.log" >&2; fail "the image of PostgreSQL was not built"; }
    proved "an image of PostgreSQL was made of Debian's packages"
}

check_cluster_profile() {
    printf '%s\n' POSTGRES_PASSWORD_FILE=./secrets/postgres_password \
        DATABASE_URL_FILE=./secrets/database_url >>"$work/techwatch/.env"
    chmod 644 "$work"/techwatch/secrets/*
    composed trial.yml --profile cluster up --detach --no-build postgres publisher
    wait_healthy postgres_1
    composed trial.yml --profile cluster --profile desk up --detach --no-build --no-recreate \
        --scale worker=2
    wait_healthy techwatch_1 worker_1 worker_2 desk_1
    proved "the profile cluster comes up with a desk and two workers: migrate has run, all are healthy"
    in_service "a digest is in the volume, nothing left untold" wait 88 1
    "${command[@]}" kill --signal KILL "${project}_worker_1" >>"$work/compose.log" 2>&1
    in_service "" second
    in_service "a worker is killed with -9, and what has changed is told" wait 89 2
    in_service "nothing is lost, nothing there twice, compared with an undisturbed run" verify 89
    sed 's/^/          /' "$work/out.log"
    stop_services techwatch_1 worker_2 desk_1
    compose trial.yml --profile cluster --profile desk down --volumes >>"$work/compose.log" 2>&1 || true
    remove_project
    proved "SIGTERM stops service and worker with status 0, and the composition goes down"
}

# Let the service's container do a step of tools/image/trial.py.
in_service() {
    local what=$1
    shift
    "${command[@]}" exec "${project}_techwatch_1" python3 /trial.py "$@" >"$work/out.log" 2>&1 ||
        { end_project; tail -n 20 "$work/out.log" >&2; fail "$what"; }
    [ -z "$what" ] || proved "$what"
}
