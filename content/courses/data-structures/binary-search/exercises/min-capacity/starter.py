def min_capacity(parcels, days, fits):
    """Smallest whole capacity c for which fits(c) is true; 0 without parcels."""
    if not parcels:
        return 0
    return max(parcels)
