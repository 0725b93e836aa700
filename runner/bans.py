"""Finds what an exercise forbids on the syntax tree, before the learner's code runs.

What each word means for authors, and what is not seen: exercises/code/bans.md.
"""

import ast

_NODES = {
    "loop": (ast.For, ast.While, ast.AsyncFor, ast.comprehension),
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "comprehension": (ast.comprehension,),
    "slice": (ast.Slice,),
    "lambda": (ast.Lambda,),
    "class": (ast.ClassDef,),
    "try": (ast.Try, ast.TryStar),
    "global": (ast.Global, ast.Nonlocal),
}
_IMPORTERS = ("__import__", "importlib.import_module", "importlib.__import__")
_CALLERS = ("map", "filter", "functools.reduce", "functools.partial", "itertools.starmap", "itertools.accumulate")
_MAX_MEANINGS = 50


def find(source, bans):
    """Every forbidden thing as {"what": ban, "line": n}, in order of lines. SyntaxError when the source has none."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree)]
    names = _Names(tree, nodes)
    found = {(ban, line) for ban in bans for line in _lines(ban, nodes, names)}
    return [{"what": what, "line": line} for what, line in sorted(found, key=lambda pair: (pair[1], pair[0]))]


def unknown(bans):
    """The bans that nothing here understands."""
    return [ban for ban in bans if not _known(ban)]


def _known(ban):
    word, _, rest = ban.partition(" ")
    if word in ("import", "call", "name"):
        return bool(rest) and all(part.isidentifier() for part in rest.removeprefix(".").split("."))
    return ban in _NODES or ban == "recursion"


def _lines(ban, nodes, names):
    word, _, rest = ban.partition(" ")
    if word == "import":
        return [node.lineno for node in nodes if _imports(node, rest, names)]
    if word == "call":
        return [node.lineno for node in nodes if isinstance(node, ast.Call) and _calls(node, rest, names)]
    if word == "name":
        return [node.lineno for node in nodes if _mentions(node, rest)]
    if ban == "recursion":
        return _recursive_calls(nodes)
    return [_line(node) for node in nodes if isinstance(node, _NODES[ban])]


def _line(node):
    return node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 1)


def _under(module, banned):
    """The module, one below it, or the C twin behind it: `_bisect`."""
    return any(module == name or module.startswith(name + ".") for name in (banned, "_" + banned))


def _imports(node, banned, names):
    if isinstance(node, ast.Import):
        return any(_under(alias.name, banned) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return _under(module, banned) or any(_under(f"{module}.{alias.name}", banned) for alias in node.names)
    if isinstance(node, ast.Call):
        first = _text(node.args[0]) if node.args else next((_text(k.value) for k in node.keywords if k.arg == "name"), None)
        return first is not None and _under(first, banned) and not names.meanings(node.func).isdisjoint(_IMPORTERS)
    if isinstance(node, ast.Subscript):
        key = _text(node.slice)
        return key is not None and _under(key, banned) and "sys.modules" in names.meanings(node.value)
    return False


class _Names:
    """What the names of a file stand for: `m` for `heapq.merge` after `from heapq import merge as m`."""

    def __init__(self, tree, nodes):
        self._given = {}
        self._stars = []
        # Names that are bound in the file: there `merge` is not what a star import brought.
        self._bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
        # Functions that the file defines at its top: `sorted(xs)` then is the learner's own.
        self.own = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
        for node in nodes:
            self._read(node)

    def _read(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    self._give(alias.asname, alias.name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    self._stars.append(node.module or "")
                else:
                    self._give(alias.asname or alias.name, f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.arguments):
            plain = [*node.posonlyargs, *node.args]
            given = [*zip(plain[len(plain) - len(node.defaults) :], node.defaults), *zip(node.kwonlyargs, node.kw_defaults)]
            for arg, value in given:
                if value is not None:
                    self._give(arg.arg, _dotted(value))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._bound.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._bound.add(node.id)

    def _assign(self, target, value):
        if isinstance(target, ast.Name):
            self._give(target.id, _dotted(value))
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            for one, other in zip(target.elts, value.elts):
                self._assign(one, other)

    def _give(self, name, meaning):
        if meaning is not None and meaning != name:
            self._given.setdefault(name, set()).add(meaning)

    def meanings(self, node):
        """Every dotted name that an expression may stand for, its own among them, without a `builtins.` before it."""
        first = _dotted(node)
        found, new = set(), [first] if first else []
        while new and len(found) < _MAX_MEANINGS:
            name = new.pop().removeprefix("builtins.").removeprefix("__builtins__.")
            if name in found:
                continue
            found.add(name)
            head, dot, tail = name.partition(".")
            new.extend(meaning + dot + tail for meaning in self._given.get(head, ()))
            if head not in self._bound and head not in self._given:
                new.extend(f"{module}.{name}" for module in self._stars if not name.startswith(module + "."))
        return found


def _text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else None
    if isinstance(node, ast.NamedExpr):
        return _dotted(node.value)
    attribute = _attribute(node)
    inner = attribute and _dotted(attribute[0])
    if inner:
        return f"{inner}.{attribute[1]}"
    if isinstance(node, ast.Call) and node.args and _dotted(node.func) in _IMPORTERS:
        return _text(node.args[0])
    return None


def _attribute(node):
    """The object and the name that `getattr(x, "name")` and `__builtins__["name"]` write in another way."""
    if isinstance(node, ast.Call) and _dotted(node.func) == "getattr" and len(node.args) > 1 and _text(node.args[1]):
        return node.args[0], _text(node.args[1])
    if isinstance(node, ast.Subscript) and _dotted(node.value) == "__builtins__" and _text(node.slice):
        return node.value, _text(node.slice)
    return None


def _calls(call, banned, names):
    handed = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    if call.args and not names.meanings(call.func).isdisjoint(_CALLERS):
        handed.append(call.args[0])
    return any(_stands_for(func, banned, names) for func in [call.func, *handed])


def _stands_for(func, banned, names):
    if banned.startswith("."):
        named = func.attr if isinstance(func, ast.Attribute) else (_attribute(func) or (None, None))[1]
        return named == banned[1:] or any(name.endswith(banned) for name in names.meanings(func) if "." in name)
    if isinstance(func, ast.Name) and func.id == banned and banned in names.own:
        return False
    meanings = names.meanings(func)
    return banned in meanings or ("." in banned and "_" + banned in meanings)


def _mentions(node, name):
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.Attribute):
        return node.attr == name
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == name for alias in node.names)
    return (_attribute(node) or (None, None))[1] == name


def _recursive_calls(nodes):
    """Calls of a function inside its own body, by its name or as a method of `self`."""
    lines = []
    for function in nodes:
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    name = _dotted(node.func)
                    if name in (function.name, f"self.{function.name}"):
                        lines.append(node.lineno)
    return lines
