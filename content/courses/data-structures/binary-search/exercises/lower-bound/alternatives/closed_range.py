def lower_bound(xs, t):
    # Closed range: what is unknown is lo..hi, both included.
    lo, hi = 0, len(xs) - 1
    while lo <= hi:
        mid = lo + (hi - lo) // 2
        if xs[mid] >= t:
            hi = mid - 1
        else:
            lo = mid + 1
    return lo
