from bisect import bisect_right


def rate_on(versions, day):
    """Rate of the latest version with start <= day, else None."""
    starts = [start for start, _ in versions]
    i = bisect_right(starts, day)
    return versions[i - 1][1] if i > 0 else None
