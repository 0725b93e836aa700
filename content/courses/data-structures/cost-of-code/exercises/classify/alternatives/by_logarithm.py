from math import log2


def classify(rows):
    if len(rows) < 2 or not all(ops for _, ops in rows):
        raise ValueError(rows)
    logs = sorted(log2(rows[i + 1][1]) - log2(rows[i][1]) for i in range(len(rows) - 1))
    middle = len(logs) // 2
    if len(logs) % 2:
        exponent = logs[middle]
    else:
        exponent = log2((2 ** logs[middle - 1] + 2 ** logs[middle]) / 2)
    return ["flat", "linear", "quadratic", "cubic"][min(3, max(0, int(exponent + 0.5)))]
