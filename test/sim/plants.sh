#!/bin/sh
# SPDX-License-Identifier: MIT
#
# plants.sh: does the simulation find the bugs that are planted in the code?
# Builds once with -DSLIPWAY_PLANTS (BUILD=sim), turns each plant on by
# SLIPWAY_PLANT, and says after how many seeds it was found.  Fails when the
# code without plants does, or when fewer than 95 of 100 are found.
#
#	test/sim/plants.sh [SEEDS]	default 1000 for each plant
#	SIM=PATH test/sim/plants.sh	with a simulation that is built already
set -eu
cd "$(dirname "$0")/../.."

seeds=${1:-1000}
if [ -z "${SIM:-}" ]; then
	make BUILD=sim sim
	SIM=build/sim/sim
fi

out=$(mktemp)
trap 'rm -f "$out"' EXIT INT TERM

if ! "$SIM" --seeds "$seeds" >"$out" 2>&1; then
	cat "$out"
	echo 'without a plant there is a violation already'
	exit 1
fi

names=$(grep -rhoE 'PLANTED\("[^"]+"\)' --include='*.c' src |
	sed 's/.*"\(.*\)".*/\1/' | sort -u)
found=0
all=0
for name in $names; do
	all=$((all + 1))
	if SLIPWAY_PLANT=$name timeout 300 "$SIM" --seeds "$seeds" \
	    >"$out" 2>&1; then
		printf 'MISSED  %s\n' "$name"
		continue
	fi
	found=$((found + 1))
	printf 'found   %-26s seed %-5s %s\n' "$name" \
	    "$(sed -n 's/^seed \([0-9]*\),.*/\1/p' "$out" | head -1)" \
	    "$(sed -n 's/^VIOLATION: //p' "$out" | head -1)"
done
printf '%d of %d planted bugs found\n' "$found" "$all"
[ $((found * 100)) -ge $((all * 95)) ]
