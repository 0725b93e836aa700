"""What a `cases.py` imports: cases that call the learner's code, and the operation meter.

Counting stands for timing: a comparison, a hash, an index read and the real length of a slice cost the same on every
machine. Only `probes` and `oracle` are counted, and only while a metered call runs.
"""


class _Count:
    def __init__(self):
        self.reset()

    def reset(self):
        self.compared = self.hashed = self.indexed = self.called = self.added = 0


_count = _Count()

_KINDS = {
    "operations": lambda c: c.compared + c.hashed + c.indexed + c.called + c.added,
    "comparisons": lambda c: c.compared,
    "index operations": lambda c: c.indexed,
    "calls": lambda c: c.called,
}

declared = []


def _declare(kind, label, says, compare):
    if compare not in ("exact", "approx", "unordered"):
        raise ValueError(f"compare is 'exact', 'approx' or 'unordered', not {compare!r}")
    if not isinstance(label, str):
        raise TypeError("the label comes first: @case('what is asked')")

    def keep(function):
        _add({"id": function.__name__, "kind": kind, "label": label, "says": says, "compare": compare, "function": function})
        return function

    return keep


def _add(entry):
    if any(other["id"] == entry["id"] and (other["kind"] == "metered") == (entry["kind"] == "metered") for other in declared):
        raise ValueError(f"two cases are called {entry['id']!r}")
    declared.append(entry)


def case(label, says=None, compare="exact"):
    """Marks a visible case: a function of `solution` that returns plain data."""
    return _declare("case", label, says, compare)


def hidden(label, says=None, compare="exact"):
    """Marks a case that never reaches a page."""
    return _declare("hidden", label, says, compare)


def metered(id, ns, bound, says=None, counts="operations", label=None):
    """Marks a generator `f(solution, n)` that yields calls to count; the costliest of them counts.

    `counts`: "operations" (all of the meter), "comparisons", "index operations", "calls" (of an oracle),
    or "steps" (lines executed in the learner's file).
    """
    if counts not in _KINDS and counts != "steps":
        raise ValueError(f"counts is one of {', '.join([*_KINDS, 'steps'])}, not {counts!r}")
    if not ns:
        raise ValueError("ns is empty: nothing would be measured")

    def keep(function):
        _add({
            "id": id, "kind": "metered", "label": label or f"the cost of {id} stays within its bound", "says": says,
            "function": function, "ns": list(ns), "bound": bound, "counts": counts,
        })
        return function

    return keep


def raised(error, function, *args, **kwargs):
    """The name of the error that calling the function raised; otherwise what happened instead, in words."""
    try:
        value = function(*args, **kwargs)
    except error:
        return error.__name__
    except Exception as seen:
        return f"{type(seen).__name__}: {seen}"
    return f"no error, returned {value!r}"[:200]


def measure(entry, solution, steps, limit):
    """Yields (n, count, bound) for each n of a metered entry. `steps` counts lines and is limited anew for each call."""
    reading = _KINDS.get(entry["counts"])
    for n in entry["ns"]:
        worst = 0
        calls = entry["function"](solution, n)
        for call in [calls] if callable(calls) else calls:
            _count.reset()
            steps.begin(limit)
            call()
            worst = max(worst, steps.count if reading is None else reading(_count))
            steps.begin(None)
        yield n, worst, entry["bound"](n)


def _counted(base):
    """A subclass whose comparisons, hashes, additions and subtractions count, also where C code makes them."""

    def comparing(name):
        plain = getattr(base, name)

        def method(self, other):
            _count.compared += 1
            return plain(self, other)

        return method

    def adding(name):
        plain = getattr(base, name)

        def method(self, other):
            _count.added += 1
            result = plain(self, other)
            return result if result is NotImplemented else probe(result)

        return method

    def hashing(self):
        _count.hashed += 1
        return base.__hash__(self)

    body = {"__slots__": (), "__hash__": hashing, "__reduce__": lambda self: (base, (base(self),))}
    for name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
        body[name] = comparing(name)
    for name in ("__add__", "__sub__", "__radd__", "__rsub__"):
        if hasattr(base, name):
            body[name] = adding(name)
    return type("Probe", (base,), body)


_PROBES = {base: _counted(base) for base in (int, float, str)}


def probe(value):
    """The value as a counted item: an int, float or str."""
    kind = _PROBES.get(type(value))
    if kind is not None:
        return kind(value)
    if type(value) in _PROBES.values():
        return value
    raise TypeError(f"a probe is an int, a float or a str, not {type(value).__name__}")


def probes(values):
    """Counted items in a counted list."""
    return ProbeList(probe(value) for value in values)


def oracle(function):
    """The function, with its calls counted."""

    def ask(*args, **kwargs):
        _count.called += 1
        return function(*args, **kwargs)

    return ask


class ProbeList(list):
    """A list that charges what CPython does: one an index, the real length for slices, copies and searches."""

    __hash__ = None

    def __getitem__(self, index):
        result = list.__getitem__(self, index)
        if isinstance(index, slice):
            _count.indexed += len(result)
            return ProbeList(result)
        _count.indexed += 1
        return result

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            value = list(value)
            moved = 0 if index.step not in (None, 1) else max(0, len(self) - index.indices(len(self))[1])
            _count.indexed += len(value) + (moved if len(value) != len(range(*index.indices(len(self)))) else 0)
        else:
            _count.indexed += 1
        list.__setitem__(self, index, value)

    def __delitem__(self, index):
        size = len(self)
        if isinstance(index, slice):
            _count.indexed += max(1, size - min(index.indices(size)[:1] or (0,)))
        else:
            _count.indexed += max(1, size - (index if index >= 0 else size + index))
        list.__delitem__(self, index)

    def __iter__(self):
        for item in list.__iter__(self):
            _count.indexed += 1
            yield item

    def __reversed__(self):
        for item in list.__reversed__(self):
            _count.indexed += 1
            yield item

    def __contains__(self, item):
        _count.indexed += len(self)
        return list.__contains__(self, item)

    def index(self, *args):
        _count.indexed += len(self)
        return list.index(self, *args)

    def count(self, item):
        _count.indexed += len(self)
        return list.count(self, item)

    def append(self, item):
        _count.indexed += 1
        list.append(self, item)

    def pop(self, index=-1):
        size = len(self)
        _count.indexed += 1 if index in (-1, size - 1) else max(1, size - (index if index >= 0 else size + index))
        return list.pop(self, index)

    def insert(self, index, item):
        size = len(self)
        place = min(index, size) if index >= 0 else max(0, size + index)
        _count.indexed += max(1, size - place + 1)
        list.insert(self, index, item)

    def remove(self, item):
        _count.indexed += len(self)
        list.remove(self, item)

    def copy(self):
        _count.indexed += len(self)
        return ProbeList(list.__iter__(self))

    def reverse(self):
        _count.indexed += len(self)
        list.reverse(self)

    def sort(self, **options):
        _count.indexed += len(self)
        list.sort(self, **options)

    def extend(self, items):
        before = len(self)
        list.extend(self, items)
        _count.indexed += len(self) - before

    def __iadd__(self, items):
        self.extend(items)
        return self

    def __add__(self, other):
        _count.indexed += len(self) + len(other)
        return ProbeList(list.__add__(self, other))

    def __radd__(self, other):
        _count.indexed += len(self) + len(other)
        return ProbeList([*other, *list.__iter__(self)])

    def __mul__(self, times):
        result = list.__mul__(self, times)
        _count.indexed += len(result)
        return ProbeList(result)

    __rmul__ = __mul__

    def __eq__(self, other):
        _count.indexed += min(len(self), len(other)) if isinstance(other, list) else 0
        return list.__eq__(self, other)

    def __ne__(self, other):
        _count.indexed += min(len(self), len(other)) if isinstance(other, list) else 0
        return list.__ne__(self, other)
