# SPDX-License-Identifier: MIT
# features.awk: x,y,class to 1,x,y,xx,yy,xy,class in train.csv and test.csv.
BEGIN {
	FS = ","
	OFS = ","
}

NF != 3 || $3 !~ /^[01]$/ {
	print FILENAME ": line " NR " is no x,y,class" >"/dev/stderr"
	exit 1
}

{
	x = $1 / 3
	y = $2 / 3
	print 1, x, y, x * x, y * y, x * y, $3 >(NR % 5 == 0 ? "test.csv" : "train.csv")
}
