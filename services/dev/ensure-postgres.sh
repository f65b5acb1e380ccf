#!/bin/sh
# Makes sure that PostgreSQL's server programs are there, version 15 or newer. On a terminal it asks before
# it installs; without one it installs as root or where CI is set, and else tells the command.
# It leaves no database and no running server on the system: the launcher makes its own.
set -eu

oldest=15

# Looks where the launcher looks.
installed() {
    # A folder that is named but not right: the launcher tells what is wrong with it.
    [ -z "${PG_BIN_DIR:-}" ] || return 0
    old_ifs=$IFS
    IFS=:
    # shellcheck disable=SC2086 # split at colons
    set -- $PATH
    IFS=$old_ifs
    for folder in "$@" /usr/lib/postgresql/*/bin /usr/libexec/postgresql* /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
        /home/linuxbrew/.linuxbrew/opt/postgresql@*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
        version=$("$folder/postgres" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
        [ "${version:-0}" -lt $oldest ] || return 0
    done
    return 1
}

fail() {
    echo "PostgreSQL's server programs (version $oldest or newer) are missing. $1" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian's packages make a cluster and start it, unless they are told not to before they are installed.
install_with_apt() {
    export DEBIAN_FRONTEND=noninteractive
    no_cluster=/etc/postgresql-common/createcluster.d/azeer-no-cluster.conf
    as_root apt-get update -q || true
    as_root apt-get install -q -y --no-install-recommends postgresql-common
    as_root mkdir -p "$(dirname $no_cluster)"
    echo 'create_main_cluster = false' | as_root tee $no_cluster >/dev/null
    status=0
    as_root apt-get install -q -y --no-install-recommends postgresql || status=$?
    as_root rm $no_cluster
    return $status
}

install_with_brew() {
    brew install postgresql@17
}

may_install() {
    if [ -t 0 ] && [ -z "${CI:-}" ]; then
        printf 'PostgreSQL (version %s or newer) is missing. Install it with %s? [Y/n] ' $oldest "$1"
        read -r answer || return 1
        case $answer in [nN]*) return 1 ;; esac
    else
        [ -n "${CI:-}" ] || [ "$(id -u)" = 0 ]
    fi
}

installed && exit 0
if command -v apt-get >/dev/null; then
    manager=apt command='sudo apt-get install postgresql'
elif command -v brew >/dev/null; then
    manager=brew command='brew install postgresql@17'
else
    fail "Install them with your system's package manager, or name their folder in PG_BIN_DIR."
fi
may_install "$manager" || fail "Install them: $command"
"install_with_$manager"
installed || fail "What $manager has is too old: install a newer version, and name its folder in PG_BIN_DIR."
