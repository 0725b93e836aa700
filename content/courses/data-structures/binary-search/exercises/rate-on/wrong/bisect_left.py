# fails: start_day
# because: bisect_left stands before an equal start, so its version does not count as begun.
from bisect import bisect_left


def rate_on(versions, day):
    starts = [start for start, _ in versions]
    i = bisect_left(starts, day)
    return versions[i - 1][1] if i > 0 else None
