# fails: too_few
# because: the median of nothing is taken, and its own error comes out by luck or not at all.
from math import sqrt
from statistics import median


def classify(rows):
    ratios = [after / before for (_, before), (_, after) in zip(rows, rows[1:]) if before]
    ratio = median(ratios or [1])
    if ratio < sqrt(2):
        return "flat"
    if ratio < 2 * sqrt(2):
        return "linear"
    if ratio < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
