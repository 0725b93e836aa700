from math import log2
from random import Random

from slipway import case, hidden, metered, probes


@case("an empty list has its bound at 0", says="With an empty list both indices start at 0. What is left to ask?")
def empty(solution):
    return solution.lower_bound([], 3)


@case("an item that is there is found", says="At the answer, xs[i] >= t must hold, and it must not hold one place earlier.")
def present(solution):
    return [solution.lower_bound([2, 5, 9, 14, 21], t) for t in (2, 9, 21)]


@case("with equal items the first of them is asked for", says="What may still stand to the left of an equal item?")
def duplicates(solution):
    return [solution.lower_bound(xs, 2) for xs in ([2, 2, 2], [1, 2, 2, 3], [1, 2, 2, 2, 2, 2, 2, 3], [2] * 9)]


@case("an item that is not there has a place all the same", says="The answer is where t would go: the first index whose item is not below it.")
def absent(solution):
    return [solution.lower_bound([2, 5, 9, 14, 21], t) for t in (3, 13, 20)]


@case("below all items the answer is 0, above all it is the length", says="Both ends are answers: from 0 to len(xs).")
def ends(solution):
    return [solution.lower_bound([2, 5, 9], t) for t in (1, 10)]


@case("lists of one and two items come to an end", says="On two items, does every turn make the unknown part smaller?")
def short(solution):
    return [solution.lower_bound(xs, t) for xs in ([4], [4, 8]) for t in (3, 4, 6, 8, 9)]


@hidden("many lists with equal items and gaps")
def many(solution):
    random = Random(13)
    found = []
    for _ in range(60):
        values = random.choice((3, 20))
        xs = sorted(random.randrange(values) for _ in range(random.randrange(14)))
        found += [solution.lower_bound(xs, t) for t in range(-1, 21, 3)]
    return found


@hidden("text is searched as numbers are")
def text(solution):
    return [solution.lower_bound(["ash", "elm", "elm", "oak"], t) for t in ("ash", "elm", "fir", "yew")]


@metered(
    "search",
    ns=[256, 1024, 4096, 16384],
    bound=lambda n: 4 * log2(n) + 16,
    says="Each question should settle half of what is unknown: four operations a turn, and no walk from there. Slices copy what they cut.",
)
def search(solution, n):
    # Equal items up to the middle: whoever meets the last of them first must not walk back to the first.
    middle = n // 2
    xs = probes([*range(middle - n // 64), *[middle] * (n // 64 + 1), *range(middle + 1, n)])
    for target in (-1, 0, n // 3, middle, n - 1, n):
        yield lambda target=target: solution.lower_bound(xs, target)
