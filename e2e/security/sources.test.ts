import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { analyse } from 'scslre'
import ts from 'typescript'
import { expect, test } from 'vitest'

// What can be seen in the sources and in the lockfile without running anything.

type Lock = { packages: Record<string, { version?: string; dev?: boolean; name?: string }> }
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock

/** Below these a known hole is open. */
const FLOORS: Record<string, string> = {
  next: '16.4.1',
  'next-auth': '4.24.15',
  nodemailer: '7.0.7',
  'drizzle-orm': '0.45.2',
  'next-mdx-remote': '6.0.0',
  react: '19.2.1',
  'react-dom': '19.2.1',
}

const versionsOf = (name: string) =>
  Object.entries(lock.packages)
    .filter(([place]) => place.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => String(version))

function isBelow(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number)) as [
    number[],
    number[],
  ]
  const at = a.findIndex((part, index) => part !== b[index])
  return at >= 0 && (a[at] as number) < (b[at] as number)
}

test('S-01 no package is below the version that closes what is known of it, and none is there twice', () => {
  expect(isBelow('16.4.0', '16.4.1')).toBe(true)
  expect(isBelow('16.10.0', '16.4.1')).toBe(false)
  for (const [name, floor] of Object.entries(FLOORS)) {
    const versions = versionsOf(name)
    expect(
      versions.filter((version) => isBelow(version, floor)),
      name,
    ).toEqual([])
  }
  for (const name of ['next', 'react', 'react-dom', 'next-auth', 'drizzle-orm', 'postgres'])
    expect(versionsOf(name).length, name).toBe(1)
})

test('S-01 what is installed is what the lockfile says, and the list of parts can be written', () => {
  for (const name of ['next', 'next-auth', 'drizzle-orm', 'react']) {
    const installed = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
      version: string
    }
    expect(versionsOf(name), name).toEqual([installed.version])
  }
  const said = execFileSync(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  const { components } = JSON.parse(said) as { components: { name: string; version: string }[] }
  expect(components.length).toBeGreaterThan(30)
  expect(components.find(({ name }) => name === 'next')?.version).toBe(versionsOf('next')[0])
})

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return path === 'content/courses' ? [] : sourcesBelow(path)
    return /(?<!\.test|\.testing)\.tsx?$/.test(entry.name) ? [path] : []
  })
}

/** Which pieces of SQL are written as they stand, by file, and why nothing of a person's is in them. */
const RAW_SQL: Record<string, string[]> = {
  // The number of tries in a window, a constant.
  'db/queries/limits.ts': ['raw(String'],
  // Names of derived tables and their columns, constants of `progress:rebuild`.
  // Names of tables and columns that the catalogue gave.
  'db/queries/account-data.ts': ['identifier(column', 'identifier(name'],
  'db/queries/progress.ts': ['identifier(table', 'raw(columns', 'raw(columns.replace'],
  // Migrations, and roles that the operator names, quoted.
  'db/migrate.ts': ['unsafe(', 'unsafe(statement'],
  // Names of tables, columns and sequences from the catalogue or from a list of ours, quoted; a back-up names a table only
  // where the catalogue has it.
  'db/backup.ts': ['unsafe(', 'unsafe(drop'],
  // The database of the embedded server, and its roles: constants.
  'db/embedded.ts': ['unsafe('],
  // Roles of the house: constants, or the name of the operator's database with anything but letters, digits, - and _ replaced.
  'db/roles.ts': ['unsafe('],
}

test('S-47 no SQL is put together from text, but in the places that are named here', () => {
  const found: Record<string, string[]> = {}
  for (const folder of ['app', 'components', 'content', 'db', 'exercises', 'runner', 'scripts']) {
    for (const file of sourcesBelow(folder).filter((path) => path !== 'db/test-database.ts')) {
      const text = readFileSync(file, 'utf8')
      const hits = [...text.matchAll(/\b(?:sql\.(raw|identifier)|\w+\.(unsafe))(\([\w.]*)/g)]
      const said = hits.map(([, named, unsafe, rest]) => `${named ?? unsafe}${rest}`)
      if (said.length > 0) found[file] = [...new Set(said)].sort()
    }
  }
  expect(found).toEqual(RAW_SQL)
})

/** Every source that a module reaches by import, types left out. */
function reachedFrom(entries: string[]): { files: Set<string>; packages: Map<string, string> } {
  const files = new Set<string>()
  const packages = new Map<string, string>()
  const queue = entries.map((entry) => resolve(entry))
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (files.has(file)) continue
    files.add(file)
    if (!/\.tsx?$/.test(file)) continue
    const text = readFileSync(file, 'utf8')
    const imports = [
      ...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s+)?'([^']+)'/gm),
      ...text.matchAll(/\bimport\('([^']+)'\)/g),
    ].map((match) => String(match[1]))
    for (const wanted of imports) {
      if (!/^[.@]\/|^\.\.?\//.test(wanted)) {
        packages.set(wanted, relative('.', file))
        continue
      }
      const base = wanted.startsWith('@/') ? resolve(wanted.slice(2)) : resolve(dirname(file), wanted)
      const target = [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`, `${base}/index.tsx`].find(
        (path) => existsSync(path) && /\.\w+$/.test(path),
      )
      if (target) queue.push(target)
    }
  }
  return { files, packages }
}

const entries = [
  'server.ts',
  ...sourcesBelow('app').filter((path) =>
    /(page|route|layout|error|not-found|loading|opengraph-image)\.tsx?$/.test(path),
  ),
]

test('S-51 nothing that a request reaches can compile MDX or run text as a program', () => {
  const { files, packages } = reachedFrom(entries)
  expect(files.size).toBeGreaterThan(80)
  const banned =
    /^(@mdx-js\/|next-mdx-remote|mdx-bundler|esbuild|tsx$|remark-|rehype-|unified$|node:vm$|vm$|pyodide|shiki)/
  expect([...packages].filter(([name]) => banned.test(name))).toEqual([])
  const evaluates = [...files].filter((file) => {
    const text = readFileSync(file, 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
    return /\beval\(|new Function\(|\bcreateRequire\b|node:worker_threads|node:child_process/.test(text)
  })
  // The database's own embedded server is not started by a request, but stands in the same folder.
  expect(evaluates.map((file) => relative('.', file))).toEqual([])
})

test('S-09 nothing that a browser loads reaches the environment, the database or Node', () => {
  const clients = ['app', 'components', 'exercises']
    .flatMap(sourcesBelow)
    .filter((file) => /^['"]use client['"]/.test(readFileSync(file, 'utf8')))
  expect(clients.length).toBeGreaterThan(20)
  const { files, packages } = reachedFrom(clients)
  const inside = [...files]
    .map((file) => relative('.', file))
    .filter((file) => /^(app\/(?!(error|global-error)\.tsx|.*\.css)|db\/|scripts\/|server\.ts)/.test(file))
  // The page of an error brings its own fonts.
  expect(inside).toEqual(['app/fonts.ts'])
  const server = /^(node:|next-auth|next\/headers|postgres|drizzle-orm|nodemailer|@node-rs)/
  expect([...packages.keys()].filter((name) => server.test(name))).toEqual([])
})

/** Who of what a request reaches may open a file, and under which name. */
const OPENS_FILES: Record<string, string> = {
  'server.ts': 'built files, through an index',
  'app/read-env.ts': 'the secret in DATA_DIR',
  'app/door/metrics.ts': 'how many files are open, by a name of the system',
  'app/share-fonts.ts': 'three fonts, by names that stand there',
  'app/mail.ts': 'letters in DATA_DIR/outbox, by names that it makes or that are there',
  'app/readyz/route.ts': 'how full the disk is',
  'content/index.ts': 'compiled lessons, by names that stand in the index',
  'runner/headers.ts': 'the manifest of the runner',
}

test('S-48 a file is opened only where its name comes from an index of what was built', () => {
  const { files } = reachedFrom(entries)
  const opens = [...files]
    .filter((file) => /from 'node:fs(\/promises)?'/.test(readFileSync(file, 'utf8')))
    .map((file) => relative('.', file))
    .sort()
  expect(opens).toEqual(Object.keys(OPENS_FILES).sort())
})

/** Expressions whose work can grow with the square of the text, by file, and why the text is short. */
const SQUARES: Record<string, string> = {
  'app/read-env.ts': 'an address that the operator gives',
  'components/lesson/answer-words.ts': 'words of an exercise, by its author',
  'exercises/answers.ts': 'a typed answer, at most 4000 characters',
  'exercises/code/spec.ts': 'source of an author',
  'exercises/numeric/grade.ts': 'a typed number, at most 200 characters',
  'exercises/numeric/spec.ts': 'a number of an author',
  'exercises/predict/spec.ts': 'text of an author',
  'exercises/worked/grade.ts': 'a typed blank, at most 400 characters',
}

test('S-74 no expression takes the square of a long text, and none worse than the square of any', () => {
  const { files } = reachedFrom(entries)
  const found = new Set<string>()
  const exponential: string[] = []
  let seen = 0
  for (const file of [...files].filter((one) => /\.tsx?$/.test(one))) {
    const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false, kind)
    const look = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        seen++
        const end = node.text.lastIndexOf('/')
        const literal = { source: node.text.slice(1, end), flags: node.text.slice(end + 1) }
        for (const report of analyse(literal).reports) {
          found.add(relative('.', file))
          if (report.exponential) exponential.push(node.text)
        }
      }
      ts.forEachChild(node, look)
    }
    look(source)
  }
  expect(seen).toBeGreaterThan(100)
  expect(exponential).toEqual([])
  expect([...found].sort()).toEqual(Object.keys(SQUARES).sort())
})
