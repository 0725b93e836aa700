# fails: ban:import bisect
from bisect import bisect_left


def lower_bound(xs, t):
    return bisect_left(xs, t)
