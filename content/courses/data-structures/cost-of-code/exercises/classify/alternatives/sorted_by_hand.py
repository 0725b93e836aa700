def classify(rows):
    counts = [ops for _, ops in rows]
    if len(counts) < 2 or 0 in counts:
        raise ValueError("cannot classify")
    ratios = []
    for i in range(1, len(counts)):
        ratios.append(counts[i] / counts[i - 1])
    ratios.sort()
    half = len(ratios) // 2
    median = ratios[half] if len(ratios) % 2 == 1 else (ratios[half - 1] + ratios[half]) / 2
    for limit, name in ((2**0.5, "flat"), (2**1.5, "linear"), (2**2.5, "quadratic")):
        if median < limit:
            return name
    return "cubic"
