# fails: one_day
# because: the largest parcel is taken for a limit that suffices.
def min_capacity(parcels, days, fits):
    if not parcels:
        return 0
    lo, hi = 1, max(parcels)
    while lo < hi:
        mid = (lo + hi) // 2
        if fits(mid):
            hi = mid
        else:
            lo = mid + 1
    return lo
