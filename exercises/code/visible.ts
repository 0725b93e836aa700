import type { RunJob, RunResult } from '@/runner/protocol'

/*
 * The part of cases.py that may reach a page, found on its syntax tree: visible cases and meters, and what they use.
 * Written anew from the tree, so that no comment travels along.
 */
const PROGRAM = `
import ast, json, symtable

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)

def decorators(node):
    for one in getattr(node, "decorator_list", []):
        target = one.func if isinstance(one, ast.Call) else one
        yield target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")

def defined(node):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}

def used(node):
    names = set()
    def walk(table, top):
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (top or symbol.is_global()):
                names.add(symbol.get_name())
        for child in table.get_children():
            walk(child, False)
    walk(symtable.symtable(ast.unparse(node), "cases.py", "exec"), True)
    return names

def visible(source):
    tree = ast.parse(source)
    nodes, complaints = [], []
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if not isinstance(node, DEFINITIONS):
            complaints.append({"line": node.lineno, "what": ast.unparse(node).splitlines()[0][:80]})
        nodes.append(node)
    if complaints:
        return {"complaints": complaints}
    keep = [bool({"case", "metered"} & set(decorators(node))) for node in nodes]
    hidden = ["hidden" in set(decorators(node)) for node in nodes]
    wanted, seen = set(), set()
    while True:
        for i, node in enumerate(nodes):
            if keep[i] and i not in seen:
                seen.add(i)
                if not isinstance(node, (ast.Import, ast.ImportFrom)):
                    wanted |= used(node)
        grown = False
        for i, node in enumerate(nodes):
            if not keep[i] and not hidden[i] and defined(node) & wanted:
                keep[i] = grown = True
        if not grown:
            break
    out = []
    for i, node in enumerate(nodes):
        if not keep[i]:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            node.names = [alias for alias in node.names if (alias.asname or alias.name.split(".")[0]) in wanted]
        out.append(node)
    return {"source": ast.unparse(ast.Module(out, [])) + "\\n"}

with open("cases-to-cut.txt", encoding="utf-8") as file:
    print(json.dumps(visible(file.read())))
`

export type VisiblePart = { source: string } | { complaints: { line: number; what: string }[] }

/**
 * `cases.py` without its hidden cases and without what only they use; or the statements at its top level that cannot be
 * told to belong to either. `cases.py` must already have run without a syntax error.
 */
export async function getVisiblePart(
  cases: string,
  run: (job: RunJob) => Promise<RunResult>,
): Promise<VisiblePart> {
  const result = await run({
    files: { 'visible.py': PROGRAM, 'cases-to-cut.txt': cases },
    entry: { kind: 'script', path: 'visible.py' },
  })
  const error = result.type === 'result' ? result.data.error?.text : result.kind
  if (error || result.cut)
    throw new Error(`The visible part of cases.py could not be found: ${error ?? 'it is too long'}`)
  return JSON.parse(result.output.map((chunk) => chunk.t).join('')) as VisiblePart
}
