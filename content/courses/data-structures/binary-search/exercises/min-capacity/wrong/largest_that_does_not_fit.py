# fails: small_lists
# because: it stops one short of the edge.
def min_capacity(parcels, days, fits):
    if not parcels:
        return 0
    lo, hi = max(parcels) - 1, sum(parcels)
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if fits(mid):
            hi = mid
        else:
            lo = mid
    return lo
