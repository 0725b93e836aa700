def min_capacity(parcels, days, fits):
    if len(parcels) == 0:
        return 0
    too_small = max(parcels) - 1
    enough = sum(parcels)
    while enough - too_small > 1:
        mid = (too_small + enough) // 2
        if fits(mid):
            enough = mid
        else:
            too_small = mid
    return enough
