# SPDX-License-Identifier: MIT
# data.awk: rows of x,y,class from a seed; the same in every awk.
# Numbers are those of Lehmer's generator (16807, 2^31 - 1).
function uniform() {
	state = (state * 16807) % 2147483647
	return state / 2147483647
}

BEGIN {
	state = seed
	for (i = 0; i < rows; i++) {
		x = 6 * uniform() - 3
		y = 6 * uniform() - 3
		class = x * x / 4 + (y - 0.5) * (y - 0.5) < 1.5
		if (uniform() < 0.05)
			class = !class # nobody's labels are all right
		printf "%.6f,%.6f,%d\n", x, y, class
	}
}
