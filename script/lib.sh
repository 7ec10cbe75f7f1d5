# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
#
# lib.sh: what script/demo and script/test share: packages, waiting, free
# ports, stopping what was started.  Sourced by bash with set -euo pipefail.
#
# Nothing here runs for ever: every wait has a limit.  Only processes whose id
# was written to a file by pid_save are ever stopped.

# To build slipway.
LIB_BUILD_PACKAGES=(gcc make libc6-dev pkg-config libuv1-dev libhttp-parser-dev
	libjansson-dev libfyaml-dev libsqlite3-dev libssl-dev libsodium-dev
	libmd4c-dev libsmartcols-dev libarchive-dev libzstd-dev libcurl4-openssl-dev libjq-dev libseccomp-dev)
# What the tasks of examples/platform-team talk to.
LIB_DEMO_PACKAGES=(postgresql-15 postgresql-client-15 git openssh-client curl
	ca-certificates)

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	LIB_BOLD=$'\033[1m' LIB_DIM=$'\033[2m' LIB_GREEN=$'\033[32m'
	LIB_RED=$'\033[31m' LIB_OFF=$'\033[0m'
else
	LIB_BOLD='' LIB_DIM='' LIB_GREEN='' LIB_RED='' LIB_OFF=''
fi

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s%s: %s%s\n' "$LIB_RED" "${0##*/}" "$*" "$LIB_OFF" >&2
	exit 1
}

# as_root COMMAND...: run it as root, through sudo when we are not.
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root once: run as root, or install sudo: $*"
	fi
}

# packages_missing NAME...: print those that are not installed.
packages_missing()
{
	local have name

	have=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' \
		2>/dev/null | sed -n 's/ installed$//p')
	for name; do
		grep -qxF -- "$name" <<<"$have" || printf '%s\n' "$name"
	done
}

# packages_install LOG NAME...: install what is missing, silent when nothing
# is; what apt has to say goes to LOG.
packages_install()
{
	local log=$1 missing

	shift
	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	say "installing ${#missing[@]} Debian packages: ${missing[*]}"
	if ! packages_get "${missing[@]}" >"$log" 2>&1; then
		tail -n 20 -- "$log" >&2
		die "apt-get could not install them; all it said: $log"
	fi
}

packages_get()
{
	packages_apt update || return
	[[ " $* " != *" postgresql-15 "* ]] || packages_no_cluster || return
	packages_apt install "$@" || return
	[ ! -f "$PACKAGES_CLUSTER.before" ] ||
		as_root mv -- "$PACKAGES_CLUSTER.before" "$PACKAGES_CLUSTER"
}

packages_apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -q -y --no-install-recommends \
		-o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@"
}

# Installing a PostgreSQL server makes a cluster on port 5432 and starts it.
# We bring our own, so Debian is told not to, for as long as we install.
PACKAGES_CLUSTER=/etc/postgresql-common/createcluster.conf
packages_no_cluster()
{
	packages_apt install postgresql-common || return
	as_root cp -p -- "$PACKAGES_CLUSTER" "$PACKAGES_CLUSTER.before"
	as_root sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' \
		"$PACKAGES_CLUSTER"
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for()
{
	local seconds=$1 what=$2 end=$((SECONDS + $1))

	shift 2
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] ||
			die "$what did not happen within $seconds s"
		sleep 0.1
	done
}

# port_free: print a port of 127.0.0.1 that nobody listens on.
port_free()
{
	local port

	for _ in {1..50}; do
		port=$((20000 + RANDOM % 12000))
		if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			printf '%d\n' "$port"
			return
		fi
	done
	die "no free port on 127.0.0.1 between 20000 and 32000"
}

# A pid alone may be somebody else's by tomorrow, so its start time goes with
# it.
pid_start_time()
{
	local line
	local -a fields

	line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	# The name, in brackets, may hold anything: count from behind it.
	read -ra fields <<<"${line##*) }"
	[ "${fields[0]}" != Z ] || return 1
	printf '%s\n' "${fields[19]}"
}

# pid_save FILE PID
pid_save()
{
	printf '%s %s\n' "$2" "$(pid_start_time "$2")" >"$1"
}

# pid_alive FILE: print the pid if that very process still runs.
pid_alive()
{
	local pid start

	[ -f "$1" ] && read -r pid start <"$1" || return 1
	[ -n "$start" ] && [ "$(pid_start_time "$pid")" = "$start" ] || return 1
	printf '%s\n' "$pid"
}

# pid_stop FILE SIGNAL SECONDS: end it, at last with KILL.
pid_stop()
{
	local file=$1 signal=$2 end=$((SECONDS + $3)) pid

	pid=$(pid_alive "$file") || {
		rm -f -- "$file"
		return 0
	}
	kill "-$signal" "$pid" 2>/dev/null || true
	while pid_alive "$file" >/dev/null; do
		[ "$SECONDS" -lt "$end" ] || kill -KILL "$pid" 2>/dev/null || true
		sleep 0.05
	done
	rm -f -- "$file"
}
