# The Firebase Auth emulator for the sign-in tests. Sourced after lib.sh and python.sh.

FIREBASE=tests/tools/firebase

# has_node: Node 20 or newer with npm; firebase-tools asks for it.
has_node() {
    command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null
}

# require_node: Debian 12 has Node 18, so a missing or older one comes from PyPI into .venv.
require_node() {
    has_node && return 0
    PATH="$PWD/.venv/bin:$PATH"
    export PATH
    has_node && return 0
    step "Node.js" .venv/bin/python -m pip install --disable-pip-version-check --no-input \
        --progress-bar off -r requirements/node.txt && has_node
}

npm_ci() { (cd "$FIREBASE" && npm ci --ignore-scripts --no-progress); }

firebase_emulator() {
    wanted=$(hash_of "$FIREBASE/package.json" "$FIREBASE/package-lock.json")
    [ -x "$FIREBASE/node_modules/.bin/firebase" ] && fresh firebase "$wanted" && return 0
    require_node && step "Firebase Auth emulator (npm)" npm_ci && stamp firebase "$wanted" && return 0
    warn "Without the emulator, the tests of Firebase sign-in cannot run."
    return 1
}
