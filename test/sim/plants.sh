#!/bin/sh
# SPDX-License-Identifier: MIT
#
# plants.sh: does the simulation find the bugs that are planted in the code?
# Builds once with -DSLIPWAY_PLANTS (BUILD=sim), turns each plant on by
# SLIPWAY_PLANT, and says after how many seeds it was found, and by what.
# Fails when the code without plants does, or when fewer than 95 of 100 are
# found.
#
#	test/sim/plants.sh [SEEDS [SECONDS]]	for each plant, default 1000, 120
#	SIM=PATH test/sim/plants.sh	with a simulation that is built already
set -eu

plant()
{
	if out=$(SLIPWAY_PLANT=$1 timeout "$seconds" "$SIM" --seeds "$seeds" \
	    2>&1 >/dev/null) || [ -z "$out" ]; then
		printf 'MISSED  %s\n' "$1"
		return
	fi
	printf 'found   %-26s %5s  %.90s\n' "$1" \
	    "$(printf '%s\n' "$out" | sed -n 's/^seed \([0-9]*\),.*/\1/p')" \
	    "$(printf '%s\n' "$out" | sed -n \
		's/^VIOLATION: \(.*database: [a-z_]*: \)\{0,1\}//p' |
		sed 's/ (sqlite.*//')"
}

if [ "${1:-}" = --one ]; then
	plant "$2"
	exit
fi

cd "$(dirname "$0")/../.."
seeds=${1:-1000} seconds=${2:-120}
if [ -z "${SIM:-}" ]; then
	make BUILD=sim sim
	SIM=build/sim/sim
fi
export SIM seeds seconds

if ! "$SIM" --jobs "$(nproc)" --seeds "$seeds"; then
	echo 'without a plant there is a violation already'
	exit 1
fi

out=$(mktemp)
trap 'rm -f "$out"' EXIT INT TERM
grep -rhoE 'PLANTED\("[^"]+"\)' --include='*.c' src |
	sed 's/.*"\(.*\)".*/\1/' | sort -u |
	xargs -P "$(nproc)" -n 1 test/sim/plants.sh --one | tee "$out"
all=$(wc -l <"$out")
found=$(grep -c '^found' "$out")
printf '%d of %d planted bugs found\n' "$found" "$all"
[ $((found * 100)) -ge $((all * 95)) ]
