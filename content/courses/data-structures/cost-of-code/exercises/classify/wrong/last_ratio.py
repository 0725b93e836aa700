# fails: anywhere
# because: the last ratio is the least disturbed, and is still only one of six.
from math import sqrt


def classify(rows):
    if len(rows) < 2 or any(ops == 0 for _, ops in rows):
        raise ValueError
    ratio = rows[-1][1] / rows[-2][1]
    if ratio < sqrt(2):
        return "flat"
    if ratio < 2 * sqrt(2):
        return "linear"
    if ratio < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
