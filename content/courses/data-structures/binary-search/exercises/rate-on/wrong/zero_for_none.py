# fails: before_all
# because: 0 looks like nothing, and is a rate.
from bisect import bisect_right


def rate_on(versions, day):
    starts = [start for start, _ in versions]
    i = bisect_right(starts, day)
    return versions[i - 1][1] if i > 0 else 0
