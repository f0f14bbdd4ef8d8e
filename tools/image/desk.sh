# shellcheck shell=bash
# Sourced by tools/image-test: the desk, whose first admin comes by the link that it prints, killed.

readonly desk_at=http://127.0.0.1:8322

check_desk() {
    local run link
    run="export TECHWATCH_DATA_DIR=/data/demo TECHWATCH_WEB__PORT=${desk_at##*:}"
    run+="; exec techwatch --config /data/demo/config web"
    start desk "$run" "${network[@]}"
    [ "$engine" = buildah ] || network=(--network "container:$service-desk")
    desk_answers "the desk answers, as its health check says"
    link=$(desk_log | grep -o "$desk_at/invitation/[^[:space:]]*" | tail -n 1)
    [ -n "$link" ] || { desk_log >&2; fail "the desk printed no link"; }
    trial "its first admin comes by the link, once, and reads pages in both languages" enter "$link"
    kill_it desk
    : >"$work/desk.log"
    network=(--network none)
    start desk "$run" "${network[@]}"
    [ "$engine" = buildah ] || network=(--network "container:$service-desk")
    desk_answers "killed with -9 and started again it answers"
    ! desk_log | grep -q /invitation/ || fail "the desk made another first admin's link"
    trial "the login and the password from before still open it" again "$desk_at"
    network=(--network none)
    stop_desk
}

desk_answers() {
    local tries=0
    until in_container "TECHWATCH_WEB__PORT=${desk_at##*:} techwatch web --health" \
        >"$work/out.log" 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { desk_log >&2; cat "$work/out.log" >&2; fail "$1"; }
        sleep 1
    done
    proved "$1"
}

desk_log() {
    if [ "$engine" = buildah ]; then cat "$work/desk.log"
    else "${command[@]}" logs "$service-desk" 2>&1
    fi
}

stop_desk() {
    local status started=$SECONDS pid
    if [ "$engine" = buildah ]; then
        pid=$(cat "$work/data/desk.pid")
        kill -TERM "$pid"
        until ! kill -0 "$pid" 2>/dev/null; do
            [ $((SECONDS - started)) -lt 15 ] || fail "SIGTERM does not stop the desk"
            sleep 0.2
        done
        rm -f "$work/data/desk.pid"
    else
        "${command[@]}" stop -t 15 "$service-desk" >>"$work/desk.log" 2>&1
        status=$("${command[@]}" inspect --format '{{.State.ExitCode}}' "$service-desk")
        [ "$status" = 0 ] || { desk_log >&2; fail "SIGTERM ended the desk with status $status"; }
    fi
    proved "SIGTERM stops the desk in $((SECONDS - started)) s"
    kill_it desk
}
