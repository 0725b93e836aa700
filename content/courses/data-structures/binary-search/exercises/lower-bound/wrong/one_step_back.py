# fails: duplicates
# because: it looks one place to the left, and equal items may stand further left.
def lower_bound(xs, t):
    lo, hi = 0, len(xs) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if xs[mid] == t:
            return mid - 1 if mid > 0 and xs[mid - 1] == t else mid
        if xs[mid] > t:
            hi = mid - 1
        else:
            lo = mid + 1
    return lo
