from bisect import bisect_left


def min_capacity(parcels, days, fits):
    if not parcels:
        return 0
    smallest = max(parcels)
    return smallest + bisect_left(range(smallest, sum(parcels)), True, key=fits)
