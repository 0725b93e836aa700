from random import Random

from slipway import case, hidden, raised

POWERS = (0, 1, 2, 3)


def table(power, seed, noise=0.1, disturbed=()):
    """Seven rows that grow with n ** power; `disturbed` multiplies the first counts, as starting up does."""
    random = Random(seed)
    rows = []
    for i in range(7):
        n = 64 * 2**i
        ops = 5 * n**power * (1 + random.uniform(-noise, noise)) * (disturbed[i] if i < len(disturbed) else 1)
        rows.append((n, max(1, round(ops * 40))))
    return rows


@case("tables without noise are named by their ratio", says="A ratio compares two counts whatever their size; a difference does not.")
def clean(solution):
    return [solution.classify(table(power, 1, noise=0)) for power in POWERS]


@case("10 % of noise changes no name", says="Which limits lie half-way between the ratios 1, 2, 4 and 8?")
def noisy(solution):
    return [solution.classify(table(power, seed)) for power in POWERS for seed in (2, 3)]


@case("the cost of starting up changes no name", says="Two of six ratios may be nonsense. The median does not care; the first one and the mean do.")
def start_up(solution):
    return [
        solution.classify(table(power, 5, disturbed=disturbed))
        for power in POWERS
        for disturbed in ((9,), (12, 4), (1, 40))
    ]


@case("two rows are enough", says="One ratio is its own median.")
def two_rows(solution):
    return [solution.classify([(100, 50), (200, 55)]), solution.classify([(100, 50), (200, 210)])]


@case("fewer than two rows raise ValueError", says="Without two rows there is no ratio. Say so with ValueError.")
def too_few(solution):
    return [raised(ValueError, solution.classify, []), raised(ValueError, solution.classify, [(64, 320)])]


@case("a count of 0 raises ValueError", says="A ratio to 0 does not exist. Check every count before you divide; the last one too.")
def zero_count(solution):
    return [
        raised(ValueError, solution.classify, [(64, 0), (128, 640), (256, 1280)]),
        raised(ValueError, solution.classify, [(64, 320), (128, 640), (256, 0)]),
    ]


@hidden("thirty tables")
def thirty(solution):
    random = Random(30)
    names = []
    for seed in range(30):
        disturbed = random.choice([(), (random.uniform(2, 20),), (random.uniform(5, 20), random.uniform(2, 5)), (1, random.uniform(8, 60))])
        names.append(solution.classify(table(random.choice(POWERS), 100 + seed, disturbed=disturbed)))
    return names


@hidden("the table is left as it was")
def untouched(solution):
    rows = table(2, 9)
    solution.classify(rows)
    return rows
