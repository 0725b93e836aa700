def rate_on(versions, day):
    lo, hi = 0, len(versions)
    while lo < hi:
        mid = (lo + hi) // 2
        if versions[mid][0] > day:
            hi = mid
        else:
            lo = mid + 1
    if lo == 0:
        return None
    return versions[lo - 1][1]
