# fails: limits
# because: 1.5, 3 and 6 are half-way by difference; between ratios the middle is the root of the product.
from statistics import median


def classify(rows):
    if len(rows) < 2 or any(ops == 0 for _, ops in rows):
        raise ValueError
    ratio = median(after / before for (_, before), (_, after) in zip(rows, rows[1:]))
    if ratio < 1.5:
        return "flat"
    if ratio < 3:
        return "linear"
    if ratio < 6:
        return "quadratic"
    return "cubic"
