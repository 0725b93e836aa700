# fails: cost:questions
# because: it asks every capacity until one suffices.
def min_capacity(parcels, days, fits):
    if not parcels:
        return 0
    capacity = max(parcels)
    while not fits(capacity):
        capacity += 1
    return capacity
