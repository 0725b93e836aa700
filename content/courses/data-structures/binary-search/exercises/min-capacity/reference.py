def min_capacity(parcels, days, fits):
    """Smallest whole capacity c for which fits(c) is true; 0 without parcels."""
    if not parcels:
        return 0
    lo, hi = max(parcels), sum(parcels)
    while lo < hi:
        mid = (lo + hi) // 2
        if fits(mid):
            hi = mid
        else:
            lo = mid + 1
    return lo
