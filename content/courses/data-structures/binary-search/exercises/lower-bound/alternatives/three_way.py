def lower_bound(xs, t):
    lo, hi = 0, len(xs) - 1
    found = len(xs)
    while lo <= hi:
        mid = (lo + hi) // 2
        if xs[mid] == t:
            found = mid
            hi = mid - 1
        elif xs[mid] > t:
            found = mid
            hi = mid - 1
        else:
            lo = mid + 1
    return found
