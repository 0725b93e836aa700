def min_capacity(parcels, days, fits):
    if not parcels:
        return 0
    low = max(parcels)
    step = 1
    while step < sum(parcels) - low:
        step *= 2
    capacity = low - 1
    while step:
        if capacity + step < sum(parcels) and not fits(capacity + step):
            capacity += step
        step //= 2
    return capacity + 1
