#!/bin/sh
# SPDX-License-Identifier: MIT
#
# replay.sh: is a seed the same whoever plays it?  Plays seeds in a sequence,
# and each again alone, in a process with other addresses and another time;
# what was done and what the audit chain says of it must have the same digest.
#
#	test/sim/replay.sh [SIM [SEEDS]]	default build/sim/sim, 40
set -eu
cd "$(dirname "$0")/../.."

sim=${1:-build/sim/sim}
seeds=${2:-40}
together=$(mktemp)
alone=$(mktemp)
trap 'rm -f "$together" "$alone"' EXIT INT TERM

"$sim" --digests --jobs 2 --seeds "$seeds" | grep '^seed ' |
	sort -n -k 2 >"$together"
n=1
while [ "$n" -le "$seeds" ]; do
	"$sim" --digests --seed "$n" | grep '^seed ' >>"$alone"
	n=$((n + 1))
done
if ! diff "$together" "$alone"; then
	echo 'a seed was not the same alone as among others'
	exit 1
fi
echo "$(wc -l <"$alone") seeds are the same alone as among others"
