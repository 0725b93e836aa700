# fails: cost:search
# because: the first of the equal items is found one step at a time.
def lower_bound(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] == t:
            while mid > 0 and xs[mid - 1] == t:
                mid -= 1
            return mid
        if xs[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo
