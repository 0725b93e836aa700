# fails: clean
# because: differences grow with the size of the counts, ratios do not.
from math import sqrt
from statistics import median


def classify(rows):
    if len(rows) < 2 or any(ops == 0 for _, ops in rows):
        raise ValueError
    step = median(after - before for (_, before), (_, after) in zip(rows, rows[1:]))
    if step < sqrt(2):
        return "flat"
    if step < 2 * sqrt(2):
        return "linear"
    if step < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
