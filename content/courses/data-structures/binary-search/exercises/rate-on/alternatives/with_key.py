import bisect


def rate_on(versions, day):
    i = bisect.bisect(versions, day, key=lambda version: version[0]) - 1
    if i < 0:
        return None
    _, rate = versions[i]
    return rate
