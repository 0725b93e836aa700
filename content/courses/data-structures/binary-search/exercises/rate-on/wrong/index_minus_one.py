# fails: before_all
# because: with i = 0 the index -1 reads the newest version.
from bisect import bisect_right


def rate_on(versions, day):
    starts = [start for start, _ in versions]
    i = bisect_right(starts, day)
    if not versions:
        return None
    return versions[i - 1][1]
