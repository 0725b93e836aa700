"""Finds what an exercise forbids on the syntax tree, before the learner's code runs.

What each word means for authors: exercises/code/bans.md.
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


def find(source, bans):
    """Every forbidden thing as {"what": ban, "line": n}, in order of lines. SyntaxError when the source has none."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree)]
    names = _imported_names(nodes)
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
        return _imports(rest, nodes)
    if word == "call":
        return [node.lineno for node in nodes if isinstance(node, ast.Call) and _calls(node.func, rest, names)]
    if word == "name":
        return [node.lineno for node in nodes if _mentions(node, rest)]
    if ban == "recursion":
        return _recursive_calls(nodes)
    return [_line(node) for node in nodes if isinstance(node, _NODES[ban])]


def _line(node):
    return node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 1)


def _under(module, banned):
    return module == banned or module.startswith(banned + ".")


def _imports(banned, nodes):
    lines = []
    for node in nodes:
        if isinstance(node, ast.Import):
            hit = any(_under(alias.name, banned) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            hit = _under(module, banned) or any(_under(f"{module}.{alias.name}", banned) for alias in node.names)
        elif isinstance(node, ast.Call) and _dotted(node.func) in ("__import__", "importlib.import_module", "import_module"):
            first = node.args[0] if node.args else None
            hit = isinstance(first, ast.Constant) and isinstance(first.value, str) and _under(first.value, banned)
        else:
            hit = False
        if hit:
            lines.append(node.lineno)
    return lines


def _imported_names(nodes):
    """What a local name stands for: {"merge": "heapq.merge"} after `from heapq import merge`."""
    names = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    names[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Assign) and _dotted(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id != _dotted(node.value):
                    names.setdefault(target.id, _dotted(node.value))
    return names


def _dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else None
    return None


def _calls(func, banned, names):
    if banned.startswith("."):
        if isinstance(func, ast.Attribute):
            return func.attr == banned[1:]
        return isinstance(func, ast.Name) and names.get(func.id, "").endswith(banned)
    name = _dotted(func)
    for _ in range(10):
        if name is None:
            return False
        if name.removeprefix("builtins.") == banned:
            return True
        head, dot, tail = name.partition(".")
        if head not in names:
            return False
        name = names[head] + dot + tail
    return False


def _mentions(node, name):
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.Attribute):
        return node.attr == name
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == name for alias in node.names)
    return False


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
