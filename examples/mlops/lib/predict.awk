# SPDX-License-Identifier: MIT
# predict.awk: awk -v model=model.txt -f predict.awk test.csv
# How many rows of features have the class that the model says.
BEGIN {
	FS = ","
	while ((getline line <model) > 0)
		if (line !~ /^loss/)
			weight[++features] = line + 0
	if (features == 0)
		exit failed = 1
}

{
	z = 0
	for (k = 1; k <= features; k++)
		z += weight[k] * $k
	right += (z > 0) == ($NF + 0)
	n++
}

END {
	if (failed || n == 0)
		exit 1
	printf "%.4f\n", right / n
}
