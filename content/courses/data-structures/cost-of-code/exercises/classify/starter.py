from math import sqrt
from statistics import median


def classify(rows):
    """"flat", "linear", "quadratic" or "cubic", from the median ratio when n doubles."""
    return "flat"
