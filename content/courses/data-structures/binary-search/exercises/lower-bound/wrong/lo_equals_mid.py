# fails: steps
# because: on two items the middle is lo itself, so nothing moves.
def lower_bound(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < t:
            lo = mid
        else:
            hi = mid
    return lo
