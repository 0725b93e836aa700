from math import sqrt
from statistics import median


def classify(rows):
    """"flat", "linear", "quadratic" or "cubic", from the median ratio when n doubles."""
    if len(rows) < 2:
        raise ValueError("two rows are needed for a ratio")
    if any(ops == 0 for _, ops in rows):
        raise ValueError("no ratio to a count of 0")
    ratio = median(after / before for (_, before), (_, after) in zip(rows, rows[1:]))
    if ratio < sqrt(2):
        return "flat"
    if ratio < 2 * sqrt(2):
        return "linear"
    if ratio < 4 * sqrt(2):
        return "quadratic"
    return "cubic"
