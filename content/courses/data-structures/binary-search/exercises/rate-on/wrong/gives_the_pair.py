# fails: between
# because: the version is found, and given whole instead of its rate.
from bisect import bisect_right


def rate_on(versions, day):
    starts = [start for start, _ in versions]
    i = bisect_right(starts, day)
    return versions[i - 1] if i > 0 else None
