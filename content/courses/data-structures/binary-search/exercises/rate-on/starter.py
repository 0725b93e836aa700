from bisect import bisect_left, bisect_right


def rate_on(versions, day):
    """Rate of the latest version with start <= day, else None."""
    starts = [start for start, _ in versions]
    return None
