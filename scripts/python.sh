# The Python to use, .venv, and what is installed in it. Sourced after lib.sh and debian.sh.

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# The distribution's own comes first: it is built with profile-guided optimisation, and runs the
# same code 1.4 times as fast as one that pyenv compiled by its defaults.
find_python() {
    for python in ${PYTHON:-} $(complete /usr/bin/python3 /usr/bin/python3.1[1-9]) \
        python3 python3.11 python3.12 python3.13; do
        if command -v "$python" >/dev/null 2>&1 && is_new_enough "$python"; then
            printf '%s\n' "$python"
            return 0
        fi
    done
    return 1
}

# Those of the named that can make an environment, without a package to be installed.
complete() {
    for python in "$@"; do
        [ -x "$python" ] && has_venv "$python" && printf '%s ' "$python"
    done
    return 0
}

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# require_python: sets PYTHON, installing one where Debian's name for it is known.
require_python() {
    PYTHON=$(find_python) || {
        debian_packages python3.11 python3.11-venv || true
        PYTHON=$(find_python) ||
            die "Kangban needs Python 3.11 or newer. Install it (apt-get install python3.11 python3.11-venv) or name it: make PYTHON=/path/to/python3.11 …"
    }
}

can_make_venv() { has_venv "$PYTHON"; }

make_venv() {
    [ -x .venv/bin/python ] && is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip' &&
        return 0
    require_python
    if ! can_make_venv; then
        version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        debian_packages "python$version-venv" || true
        can_make_venv || die "Python's venv module is missing: apt-get install python$version-venv"
    fi
    step "Python environment .venv ($("$PYTHON" -V 2>&1))" "$PYTHON" -m venv --clear .venv
}

# Without compiling: half of the time went into modules that nobody imports.
pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile \
        --progress-bar off \
        -c requirements/constraints.txt "$@"
}

# python_packages LEVEL: run, test (which holds run), or semantic (which adds to either).
python_packages() {
    wanted="$(hash_of pyproject.toml requirements/constraints.txt)-$(.venv/bin/python -V | tr ' ' '-')"
    if [ -x .venv/bin/kangban ]; then
        fresh "python-$1" "$wanted" && return 0
        [ "$1" = run ] && fresh python-test "$wanted" && return 0
    fi
    case $1 in
        run) step "Python packages" pip_install -e . ;;
        test) step "Python packages, with those for tests and checks" pip_install -e '.[test,dev]' ;;
        semantic) step "sentence-transformers and PyTorch" pip_install -e '.[test-semantic]' ;;
    esac || die "The Python packages could not be installed."
    stamp "python-$1" "$wanted"
}

# The own rooms' bytecode each time, which is quick; that of the packages when they are new.
bytecode() {
    installed="$(ls -t .stamps/python-* | xargs cat | cksum | tr ' ' '-')"
    if fresh bytecode "$installed"; then
        .venv/bin/python scripts/bytecode.py
    else
        step "Bytecode" .venv/bin/python scripts/bytecode.py --packages && stamp bytecode "$installed"
    fi
}
