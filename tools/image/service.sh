# shellcheck shell=bash
# Sourced by tools/image-test: containers that go on side by side, and are killed.

readonly port=8471
readonly publisher_address=http://127.0.0.1:$port
watch_network=(--network "container:$service-publisher")

# Start a container that goes on: its name, a script, further options of the engine.
start() {
    local name=$1 script=$2
    shift 2
    if [ "$engine" = buildah ]; then
        # Its processes are this machine's, so that the shell's number is the program's.
        "${command[@]}" run --isolation chroot "${chroot_options[@]}" "$container" \
            sh -euc "echo \$\$ >/data/$name.pid; $script" >>"$work/$name.log" 2>&1 &
        return
    fi
    "${command[@]}" run --detach --name "$service-$name" --no-healthcheck "${run_options[@]}" \
        "$@" --entrypoint sh "$image" -euc "$script" >>"$work/$name.log" 2>&1 ||
        { tail "$work/$name.log" >&2; fail "$name does not start"; }
}

# Kill a container's program as a crash would, and keep what it said.
kill_it() {
    local name=$1
    if [ "$engine" = buildah ]; then
        [ -f "$work/data/$name.pid" ] || return 0
        kill -KILL "$(cat "$work/data/$name.pid")" || true
        rm -f "$work/data/$name.pid"
        return
    fi
    "${command[@]}" kill --signal KILL "$service-$name" >/dev/null 2>&1 || true
    "${command[@]}" logs "$service-$name" >>"$work/$name.log" 2>&1 || true
    "${command[@]}" rm --force "$service-$name" >/dev/null 2>&1 || true
}

end_containers() {
    local name
    for name in publisher watch desk worker1 worker2; do
        kill_it "$name"
    done
}

# Let the image's own Python do a step of tools/image/trial.py, and say what it showed.
trial() {
    local what=$1
    shift
    in_container "$trial_environment python3 /trial.py $*" >"$work/out.log" 2>&1 || {
        tail -n 20 "$work/watch.log" "$work"/worker?.log "$work/out.log" >&2 2>/dev/null || true
        fail "$what"
    }
    [ -z "$what" ] || proved "$what"
}
trial_environment=""

publish() {
    trial "" prepare "$publisher_address"
    start publisher "exec python3 -m http.server --bind 127.0.0.1 --directory /data/served $port" \
        "$@"
}

# The demonstration's feeds again, but by the service, which is killed three times.
check_kills() {
    local run="exec techwatch --config /data/trial run"
    publish --network none
    start watch "$run" "${watch_network[@]}"
    trial "the service polls feeds that another container serves" wait 1
    kill_it watch
    start watch "$run" "${watch_network[@]}"
    trial "killed with -9 and started again it judges all, and a digest is in the volume" wait 88 1
    kill_it watch
    trial "" second
    start watch "$run" "${watch_network[@]}"
    trial "killed again it goes on with what has changed meanwhile" wait 89 2
    kill_it watch
    trial "nothing is lost, nothing there twice, compared with an undisturbed run" verify 89
    sed 's/^/          /' "$work/out.log"
    end_containers
}
