from math import log2
from random import Random

from slipway import case, hidden, metered, oracle


def days_needed(parcels, capacity):
    if max(parcels) > capacity:
        return len(parcels) + 10**6
    days, load = 1, 0
    for parcel in parcels:
        if load + parcel > capacity:
            days, load = days + 1, 0
        load += parcel
    return days


def ask(solution, parcels, days):
    return solution.min_capacity(list(parcels), days, lambda capacity: days_needed(parcels, capacity) <= days)


@case("the smallest capacity that suffices is asked for", says="At the answer fits is true, and one below it is not.")
def small_lists(solution):
    lists = ([3, 7, 2, 8, 4, 6], [5, 5, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    return [ask(solution, parcels, days) for parcels in lists for days in (2, 3, 5)]


@case("in one day a van takes everything", says="Which capacity certainly suffices, whatever the days? It is the sum.")
def one_day(solution):
    return [ask(solution, parcels, 1) for parcels in ([3, 7, 2, 8, 4, 6], [9], [4, 4])]


@case("with many days the largest parcel decides", says="Nothing below the largest parcel can carry it.")
def many_days(solution):
    return [ask(solution, parcels, 30) for parcels in ([3, 7, 2, 8, 4, 6], [9], [1, 1, 1, 5])]


@case("without parcels it is 0, and nobody is asked", says="fits is not called when there is nothing to deliver.")
def no_parcels(solution):
    asked = []

    def fits(capacity):
        asked.append(capacity)
        return True

    return [solution.min_capacity([], 3, fits), len(asked)]


@hidden("twenty lists")
def twenty(solution):
    random = Random(20)
    found = []
    for _ in range(20):
        parcels = [random.randrange(1, 60) for _ in range(random.randrange(1, 25))]
        found.append(ask(solution, parcels, random.randrange(1, 8)))
    return found


@metered(
    "questions",
    ns=[2**8, 2**12, 2**16],
    bound=lambda n: 2 * log2(n) + 4,
    says="Each call of fits should settle half of the capacities that are left.",
)
def questions(solution, n):
    # 65 equal parcels: between the largest and the sum lie n + 1 capacities.
    size = n // 64
    parcels = [size] * 65
    for days in (1, 2, 13, 65):
        fits = oracle(lambda capacity, days=days: capacity >= size and 65 <= days * (capacity // size))
        yield lambda days=days, fits=fits: solution.min_capacity(parcels, days, fits)
