def lower_bound(xs, t, lo=0, hi=None):
    if hi is None:
        hi = len(xs)
    if lo == hi:
        return lo
    mid = (lo + hi) // 2
    if xs[mid] >= t:
        return lower_bound(xs, t, lo, mid)
    return lower_bound(xs, t, mid + 1, hi)
