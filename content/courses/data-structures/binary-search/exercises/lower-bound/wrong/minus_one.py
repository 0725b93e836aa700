# fails: absent
# because: -1 is taken to mean that the item is not there.
def lower_bound(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo if lo < len(xs) and xs[lo] == t else -1
