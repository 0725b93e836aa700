# fails: no_parcels
# because: max and sum are taken before the empty list is thought of.
def min_capacity(parcels, days, fits):
    lo, hi = max(parcels, default=0), sum(parcels)
    while not fits(lo) and lo < hi:
        mid = (lo + hi) // 2
        if fits(mid):
            hi = mid
        else:
            lo = mid + 1
    return lo
