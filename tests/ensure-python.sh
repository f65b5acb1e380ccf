#!/bin/sh
# Makes sure of a Python that can run docs/verify_permit.py: a virtual environment in the folder of builds
# ($1, CARGO_TARGET_DIR or target), with what it needs from PyPI. Prints the path of the Python.
set -eu
cd "$(dirname "$0")/.."

needs='pyjwt[crypto]>=2.10,<3'
venv=${1:-${CARGO_TARGET_DIR:-target}}/python

fail() {
    echo "docs/verify_permit.py cannot be tested: $1" >&2
    exit 1
}

# Debian has the module for virtual environments in a package of its own.
can_make() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

install_with_apt() {
    export DEBIAN_FRONTEND=noninteractive
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -q || true
    $as_root apt-get install -q -y --no-install-recommends python3 python3-venv ca-certificates
}

if [ "$(cat "$venv/needs" 2>/dev/null)" != "$needs" ]; then
    if ! can_make; then
        command -v apt-get >/dev/null && { [ -n "${CI:-}" ] || [ "$(id -u)" = 0 ]; } ||
            fail "python3 with its module venv is missing (sudo apt-get install python3 python3-venv)"
        install_with_apt >&2 || fail "python3 could not be installed"
    fi
    rm -rf "$venv"
    python3 -m venv "$venv" >&2 || fail "python3 -m venv failed"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$needs" >&2 ||
        fail "pip could not install $needs"
    printf '%s\n' "$needs" >"$venv/needs"
fi
echo "$venv/bin/python"
