from random import Random

from slipway import case, hidden

TARIFFS = [("2026-03-02", 100), ("2026-03-05", 105), ("2026-03-09", 104), ("2026-03-14", 110), ("2026-03-21", 118)]


@case("between two starts the earlier version holds", says="A version holds until the next one starts. Its rate is asked for, a number.")
def between(solution):
    return [solution.rate_on(list(TARIFFS), day) for day in ("2026-03-04", "2026-03-13", "2026-03-20")]


@case("on its first day a version holds already", says="start <= day: the day it starts counts. Which of the two bisect functions stands after an equal item?")
def start_day(solution):
    return [solution.rate_on(list(TARIFFS), day) for day in ("2026-03-02", "2026-03-14", "2026-03-21")]


@case("before the first start there is no rate", says="What is versions[i - 1] when i is 0?")
def before_all(solution):
    return [solution.rate_on(list(TARIFFS), "2026-03-01"), solution.rate_on([("2026-03-14", 110)], "2025-12-31")]


@case("after the last start the newest version holds", says="An edge at the length is an ordinary answer.")
def after_all(solution):
    return [solution.rate_on(list(TARIFFS), "2026-12-31"), solution.rate_on([("2026-03-14", 110)], "2026-03-15")]


@case("an empty table has no rate", says="No versions: nothing has started.")
def empty(solution):
    return solution.rate_on([], "2026-03-14")


@hidden("many tables, every day of two months")
def many(solution):
    random = Random(3)
    days = [f"2026-{month:02}-{day:02}" for month in (3, 4) for day in range(1, 31)]
    found = []
    for _ in range(12):
        starts = sorted(random.sample(days, random.randrange(1, 9)))
        table = [(start, random.randrange(90, 130)) for start in starts]
        found += [solution.rate_on(list(table), day) for day in days[::4]]
    return found
