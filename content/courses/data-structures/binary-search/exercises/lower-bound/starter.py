def lower_bound(xs, t):
    """First index i with xs[i] >= t, else len(xs)."""
    lo, hi = 0, len(xs)
    # Left of lo every item is below t; from hi on none is.
    return lo
