"""Runs one job and hands back plain data. Knows no expected value and gives no verdict.

Everything here is bound before the learner's code exists, and the modules of the runner have builtins of their own, so
that a program which patches builtins or json breaks itself and not the run. That stops accidents. A hostile program
shares this interpreter and can forge what leaves it: judging happens outside.
"""

import asyncio  # noqa: F401  in the snapshot, so that a learner's import costs nothing
import builtins
import json
import linecache
import math
import os
import random
import re
import reprlib
import sys
import traceback
import types

import _bans
import _clock
import _steps
import slipway

_loads = json.loads
_encode = json.encoder.c_make_encoder(None, None, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True)
_extract_tb, _format_only = traceback.extract_tb, traceback.format_exception_only
_HOME = "/home/pyodide"
_MAX_CALLS = 300
_CALL_CHARS = 200
_METER_STEPS = 10  # a slow answer is to be measured, not stopped like an endless one

_short_repr = reprlib.Repr()
_short_repr.maxlist = _short_repr.maxtuple = _short_repr.maxset = _short_repr.maxdict = 24
_short_repr.maxstring = _short_repr.maxlong = _short_repr.maxother = 120

steps = _steps.Steps()
_author_file = None


def bind(pause):
    """Called once after boot, before learner code: what cannot live in a memory snapshot."""
    _clock.bind(pause)
    for name in ("js", "pyodide_js"):
        sys.modules.pop(name, None)


def _no_debugger(*args, **kwargs):
    print("breakpoint() does nothing here: use print to look at values")


_clock.install()
sys.breakpointhook = _no_debugger


_BASES = (str, int, float, list, tuple, dict, set, frozenset)
_KEYS = type({}.keys())


def plain(value, depth=0, budget=None):
    """JSON-ready copy. A subclass (Counter, a named tuple, an IntEnum) is what its base class holds: nothing that it overrides
    is called, so it cannot pose as another value."""
    budget = [20_000] if budget is None else budget
    budget[0] -= 1
    if budget[0] < 0 or depth > 50:
        return {"$": "too-big"}
    kind = type(value)
    if value is None or kind is bool:
        return value
    base = next((base for base in _BASES if issubclass(kind, base)), None)
    if base is str:
        size = str.__len__(value)
        budget[0] -= size // 16
        return str.__str__(value) if size <= 100_000 else {"$": "too-big"}
    if base is int:
        value = int.__int__(value)
        if -(2**53) < value < 2**53:
            return value
        return {"$": "int", "v": str(value)} if value.bit_length() < 10_000 else {"$": "too-big"}
    if base is float:
        value = float.__float__(value)
        return value if math.isfinite(value) else {"$": "float", "v": repr(value)}
    if base is list:
        return [plain(item, depth + 1, budget) for item in list.__iter__(value)]
    if base is dict:
        pairs = [[plain(key, depth + 1, budget), plain(item, depth + 1, budget)] for key, item in dict.items(value)]
        return {"$": "dict", "v": pairs}
    if base is not None:
        return {"$": base.__name__, "v": [plain(item, depth + 1, budget) for item in base.__iter__(value)]}
    if kind is _KEYS:
        return {"$": "set", "v": [plain(item, depth + 1, budget) for item in value]}
    return {"$": "other", "type": str(kind.__qualname__)[:100]}


def _problem(error, files):
    """What went wrong, with the last line of the learner's own files on the way."""
    if isinstance(error, _steps.StepLimit):
        return {"type": "StepLimit", "text": "StepLimit: too many lines were executed", "line": None, "trail": []}
    try:
        frames = [(f.filename.removeprefix(_HOME + "/"), f.lineno, f.name) for f in _extract_tb(error.__traceback__)]
        frames = [frame for frame in frames if frame[0] in files][-20:]
        own = [number for file, number, _ in frames if file != _author_file]
        line = error.lineno if isinstance(error, SyntaxError) else (own[-1] if own else None)
        text = "".join(_format_only(error))[:4000]
        trail = [{"file": file, "line": number, "name": name} for file, number, name in frames]
        return {"type": type(error).__name__[:100], "text": text, "line": line, "trail": trail}
    except Exception:  # an error whose own __str__ fails, or patched internals
        return {"type": type(error).__name__[:100], "text": type(error).__name__[:100], "line": None, "trail": []}


def _say(value):
    """A short repr without memory addresses, which differ between runs."""
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", _short_repr.repr(value))
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _CALL_CHARS else text[: _CALL_CHARS - 1] + "…"


class _Watched:
    """The learner's module as a case sees it: notes each call of a function, for "Tried"."""

    def __init__(self, module, calls):
        self.__module = module
        self.__calls = calls

    def __getattr__(self, name):
        try:
            value = getattr(self.__module, name)
        except AttributeError:
            raise AttributeError(f"solution.py defines no {name}") from None
        if isinstance(value, type) or not callable(value):
            return value
        calls = self.__calls

        def watched(*args, **kwargs):
            if len(calls) >= _MAX_CALLS:
                return value(*args, **kwargs)
            said = ", ".join([*map(_say, args), *(f"{key}={_say(item)}" for key, item in kwargs.items())])
            if len(said) > 2 * _CALL_CHARS:
                said = said[: 2 * _CALL_CHARS - 1] + "…"
            note = {"call": f"{name}({said})"}
            calls.append(note)
            try:
                result = value(*args, **kwargs)
            except Exception as error:
                note["raised"] = type(error).__name__[:100]
                raise
            note["returned"] = _say(result)
            return result

        return watched


def _module(name, path, source):
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    return module


def _run_script(job, out):
    path = job["entry"]["path"]
    sys.argv = [path]
    steps.begin(_step_limit(job))
    _module("__main__", path, job["files"][path])


def _step_limit(job):
    return (job.get("limits") or {}).get("steps")


def _run_cases(job, out):
    entry, files = job["entry"], job["files"]
    out["bans"] = _bans.find(files[entry["path"]], entry["bans"])
    limit = _step_limit(job)
    cases = types.ModuleType("cases")
    cases.__file__ = entry["cases"]
    cases.__dict__["__builtins__"] = dict(vars(builtins))  # before the learner's file may patch the shared ones
    steps.begin(limit)
    solution = _module("solution", entry["path"], files[entry["path"]])
    steps.begin(None)
    exec(compile(files[entry["cases"]], entry["cases"], "exec", dont_inherit=True), cases.__dict__)
    shown = ("id", "kind", "label", "says", "compare", "counts")
    out["declared"] = [{key: item[key] for key in shown if item.get(key) is not None} for item in slipway.declared]
    only = entry.get("only")
    endless, meters = False, []
    for item in slipway.declared:
        if only is not None and item["id"] not in only:
            continue
        if item["kind"] != "metered":
            out["cases"].append(_case(item, solution, files, limit))
            endless = endless or "steps" in out["cases"][-1]
        elif entry.get("meters"):
            meters.append(item)
    for item in meters:
        if endless:  # it would not end here either
            out["meters"].append({"id": item["id"], "points": [], "steps": True})
        else:
            out["meters"].append(_meter(item, solution, files, limit and limit * _METER_STEPS))


def _case(item, solution, files, limit):
    calls = []
    result = {"id": item["id"], "calls": calls}
    steps.begin(limit)
    try:
        value = item["function"](_Watched(solution, calls))
        steps.begin(None)
        result["value"] = plain(value)
    except _steps.StepLimit:
        result["steps"] = True
    except MemoryError:
        raise
    except BaseException as error:  # SystemExit and KeyboardInterrupt too: they end this case, not the others
        steps.begin(None)
        result["error"] = _problem(error, files)
    steps.begin(None)
    return result


def _meter(item, solution, files, limit):
    points = []
    result = {"id": item["id"], "points": points}
    try:
        for n, count, bound in slipway.measure(item, solution, steps, limit):
            points.append({"n": n, "count": count, "bound": float(bound)})
    except _steps.StepLimit:
        result["steps"] = True
    except MemoryError:
        raise
    except BaseException as error:
        result["error"] = _problem(error, files)
    steps.begin(None)
    return result


def _run_trace(job, out):
    entry = job["entry"]
    path, watch, rows, pending = entry["path"], entry["watch"], [], {}
    out["steps"] = rows

    def finish(frame):
        row = pending.pop(frame, None)
        if row is not None:
            for name in watch:
                for scope in (frame.f_locals, frame.f_globals):
                    if name in scope:
                        row["values"][name] = plain(scope[name])
                        break

    def follow(frame, event, arg):
        if frame.f_code.co_filename != path:
            return None
        if event in ("line", "return"):
            finish(frame)
        if event == "line":
            if len(rows) >= entry["maxSteps"]:
                raise _steps.StepLimit
            row = pending[frame] = {"line": frame.f_lineno, "values": {}}
            rows.append(row)
        return follow

    sys.settrace(follow)
    try:
        _module("__main__", path, job["files"][path])
    finally:
        sys.settrace(None)


def _run_expression(job, out):
    names = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    safe = ("abs", "float", "int", "len", "max", "min", "pow", "range", "round", "sum")
    names["__builtins__"] = {name: getattr(builtins, name) for name in safe}
    out["value"] = plain(eval(job["entry"]["source"].strip(), names))


_ENTRIES = {"script": _run_script, "cases": _run_cases, "trace": _run_trace, "expression": _run_expression}


def _write(files):
    for name, text in files.items():
        if os.path.dirname(name):
            os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)


def run(job_text):
    """One job in, its RunData out, both as JSON text."""
    global _author_file
    job = _loads(job_text)
    files, entry = job["files"], job["entry"]
    _author_file = entry.get("cases")
    os.chdir(_HOME)
    if _HOME not in sys.path:
        sys.path.insert(0, _HOME)
    _write(files)
    random.seed(job.get("seed") or 0)
    own = {name for name in files if name != _author_file}
    if entry["kind"] == "cases" or _step_limit(job) is not None:
        steps.watch([*own, *(f"{_HOME}/{name}" for name in own)])
    out = {"error": None, "bans": [], "cases": [], "meters": []}
    try:
        _ENTRIES[entry["kind"]](job, out)
    except SystemExit as error:
        out["exit"] = plain(error.code)
    except BaseException as error:  # KeyboardInterrupt and friends end the run too
        out["error"] = _problem(error, files)
    steps.stop()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the program closed or replaced it
    return "".join(_encode(out, 0))
