# Shared by the set-up scripts. POSIX sh; nothing but the base system is there yet.
# A step prints one line with its seconds; its own output goes to .stamps/log/.

STAMPS=.stamps
mkdir -p "$STAMPS/log"

note() { printf '  %s\n' "$*"; }
warn() { printf '! %s\n' "$*" >&2; }
die() {
    warn "$*"
    exit 1
}

now() { date +%s; }

# step NAME COMMAND...: run it, show that it lives, say how long it took.
# A failure prints the end of its output and is the caller's to judge.
step() {
    step_name=$1
    shift
    step_log="$STAMPS/log/$(printf '%s' "$step_name" | tr -c 'A-Za-z0-9' '-').log"
    step_start=$(now)
    "$@" >"$step_log" 2>&1 </dev/null &
    step_pid=$!
    trap 'kill "$step_pid" 2>/dev/null; exit 130' INT TERM
    step_beat=$((step_start + 15))
    while kill -0 "$step_pid" 2>/dev/null; do
        sleep 0.2 2>/dev/null || sleep 1
        if [ "$(now)" -ge "$step_beat" ]; then
            step_beat=$((step_beat + 15))
            note "… $step_name, $(($(now) - step_start)) s: $(grep -v '^WARNING' "$step_log" | tail -n 1 | cut -c1-80)"
        fi
    done
    trap - INT TERM
    step_status=0
    wait "$step_pid" || step_status=$?
    if [ "$step_status" -eq 0 ]; then
        printf '✓ %s (%s s)\n' "$step_name" "$(($(now) - step_start))"
    else
        printf '✗ %s (%s s, status %s); the end of %s:\n' \
            "$step_name" "$(($(now) - step_start))" "$step_status" "$step_log" >&2
        tail -n 30 "$step_log" >&2
    fi
    return "$step_status"
}

# hash_of FILE...: one word that changes when any of them does.
hash_of() { cat "$@" | cksum | tr ' ' '-'; }

# fresh NAME WORD: whether the stamp of that name says WORD.
fresh() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$2" ]; }
stamp() { printf '%s\n' "$2" >"$STAMPS/$1"; }

# as_root COMMAND...: directly, or by a sudo that asks nothing; 1 where neither is possible.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}
can_be_root() {
    [ "$(id -u)" -eq 0 ] || { command -v sudo && sudo -n true; } >/dev/null 2>&1
}
