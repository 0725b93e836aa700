# fails: cost:search
# because: a slice copies its items, and the copies add up to the whole list.
def lower_bound(xs, t):
    if len(xs) == 0:
        return 0
    mid = len(xs) // 2
    if xs[mid] >= t:
        return lower_bound(xs[:mid], t)
    return mid + 1 + lower_bound(xs[mid + 1:], t)
