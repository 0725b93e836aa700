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


def name(solution, rows):
    """What classify gives; a member of a StrEnum is the text that it stands for."""
    given = solution.classify(rows)
    return str.__str__(given) if isinstance(given, str) else given


@case("tables without noise are named by their ratio", says="A ratio compares two counts whatever their size; a difference does not.")
def clean(solution):
    return [name(solution, table(power, 1, noise=0)) for power in POWERS]


@case("10 % of noise changes no name", says="Between the ratios 1, 2, 4 and 8, which limits are the same factor away from both neighbours?")
def noisy(solution):
    return [name(solution, table(power, seed)) for power in POWERS for seed in (2, 3)]


@case("the cost of starting up changes no name", says="Two of six ratios may be nonsense. The median does not care; the first one and the mean do.")
def start_up(solution):
    return [
        name(solution, table(power, 5, disturbed=disturbed))
        for power in POWERS
        for disturbed in ((9,), (12, 4), (1, 40))
    ]


@case("two rows are enough", says="One ratio is its own median.")
def two_rows(solution):
    return [name(solution, [(100, 50), (200, ops)]) for ops in (55, 210)]


@case("the limits are √2, 2√2 and 4√2", says="√2 is about 1.41, so a ratio of 1.45 is above the first limit. Compare with the limits as they are given.")
def limits(solution):
    return [name(solution, [(100, 1000), (200, ops)]) for ops in (1380, 1450, 2750, 2900, 5500, 5800)]


@case("every ratio counts, wherever it stands", says="Sort all the ratios and take the one in the middle. The last ratio is no better than the first.")
def anywhere(solution):
    tables = ([100, 200, 400, 400, 3200, 3200], [100, 800, 800, 1600, 3200])
    return [name(solution, [(64 * 2**i, ops) for i, ops in enumerate(counts)]) for counts in tables]


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
        names.append(name(solution, table(random.choice(POWERS), 100 + seed, disturbed=disturbed)))
    return names
