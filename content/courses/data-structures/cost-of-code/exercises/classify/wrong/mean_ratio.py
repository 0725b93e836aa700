# fails: start_up
# because: one disturbed row moves the mean of all ratios.
from math import sqrt
from statistics import mean


def classify(rows):
    if len(rows) < 2 or any(ops == 0 for _, ops in rows):
        raise ValueError
    ratio = mean(after / before for (_, before), (_, after) in zip(rows, rows[1:]))
    if ratio < sqrt(2):
        return "flat"
    if ratio < 2 * sqrt(2):
        return "linear"
    if ratio < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
