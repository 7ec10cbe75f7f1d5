# SPDX-License-Identifier: MIT
# task.sh: what every script of this folder needs.  Read by `. ./task.sh`.

# fail MESSAGE [CODE]: say why and end; a check ends with 2 or more.
fail()
{
	printf '%s\n' "$1" >&2
	exit "${2:-1}"
}

# output NAME VALUE: hand a value on.  It arrives byte for byte: nobody can
# guess the delimiter, so no value can end it early.
output()
{
	output_end=end-$(od -An -N 12 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s<<%s\n%s\n%s\n' "$1" "$output_end" "$2" "$output_end" \
		>>"$SLIPWAY_OUTPUT"
}

# A check hands on what is there already, so that who asks twice is told the
# address twice.  A password is handed on once, by what made it.

# number VALUE: a whole number?  Shell arithmetic sees nothing else.
number()
{
	case $1 in
	'' | *[!0-9]*) fail "'$1' is not a whole number" 2 ;;
	esac
}
