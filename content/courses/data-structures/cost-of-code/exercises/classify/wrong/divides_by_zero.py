# fails: zero_count
# because: only the number of rows is checked, so Python's own ZeroDivisionError comes out.
from math import sqrt
from statistics import median


def classify(rows):
    if len(rows) < 2:
        raise ValueError
    ratio = median(after / before for (_, before), (_, after) in zip(rows, rows[1:]))
    if ratio < sqrt(2):
        return "flat"
    if ratio < 2 * sqrt(2):
        return "linear"
    if ratio < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
