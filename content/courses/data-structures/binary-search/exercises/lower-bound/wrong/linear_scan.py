# fails: cost:search
# because: it is right, and it asks every item before the edge.
def lower_bound(xs, t):
    for i, x in enumerate(xs):
        if x >= t:
            return i
    return len(xs)
