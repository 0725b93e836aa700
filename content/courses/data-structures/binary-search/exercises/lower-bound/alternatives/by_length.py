def lower_bound(xs, t):
    first, length = 0, len(xs)
    while length > 0:
        half = length // 2
        if xs[first + half] < t:
            first += half + 1
            length -= half + 1
        else:
            length = half
    return first
