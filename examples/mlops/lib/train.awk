# SPDX-License-Identifier: MIT
# train.awk: logistic regression, one step of gradient descent per row.
# Writes the weights, one a line, and last the mean loss; the loss of each
# epoch goes to the log.
function sigmoid(z) {
	if (z > 30)
		return 1 - 1e-13
	if (z < -30)
		return 1e-13
	return 1 / (1 + exp(-z))
}

BEGIN { FS = "," }

{
	n++
	features = NF - 1
	for (k = 1; k <= features; k++)
		row[n, k] = $k + 0
	class[n] = $NF + 0
}

END {
	if (n == 0)
		exit 1
	for (k = 1; k <= features; k++)
		weight[k] = 0
	for (epoch = 1; epoch <= epochs; epoch++) {
		loss = 0
		for (i = 1; i <= n; i++) {
			z = 0
			for (k = 1; k <= features; k++)
				z += weight[k] * row[i, k]
			p = sigmoid(z)
			loss -= class[i] ? log(p) : log(1 - p)
			for (k = 1; k <= features; k++)
				weight[k] += rate * (class[i] - p) * row[i, k]
		}
		loss /= n
		printf "epoch %d of %d: loss %.4f\n", epoch, epochs, loss >"/dev/stderr"
	}
	for (k = 1; k <= features; k++)
		printf "%.9f\n", weight[k]
	printf "loss %.6f\n", loss
}
