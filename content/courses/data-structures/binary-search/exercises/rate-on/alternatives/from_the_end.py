def rate_on(versions, day):
    for start, rate in reversed(versions):
        if start <= day:
            return rate
