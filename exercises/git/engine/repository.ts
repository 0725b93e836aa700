/** One repository in a world: its objects, refs, index, configuration and state files. */
import { Config } from './config'
import { Index } from './index-file'
import { type Commit, type Id, type Ident, ObjectDatabase } from './objects'
import { Refs } from './refs'
import { joinPath, parentOf, type World } from './world'

export class Repository {
  readonly objects: ObjectDatabase
  readonly refs: Refs
  private loaded: { bytes: Uint8Array | null; index: Index } | null = null

  constructor(
    readonly world: World,
    readonly gitDir: string,
    /** Null for a bare repository. */
    readonly workTree: string | null,
    readonly config: Config,
  ) {
    this.objects = new ObjectDatabase(world, `${gitDir}/objects`)
    this.refs = new Refs(world, gitDir, config.boolean('core.logAllRefUpdates') ?? workTree !== null)
  }

  /** The repository that holds a folder, looked for upwards, or null. */
  static find(world: World, folder: string, home: string, given: [string, string][] = []): Repository | null {
    for (let at = folder; ; at = parentOf(at)) {
      for (const [gitDir, bare] of [
        [joinPath(at, '.git'), false],
        [at, true],
      ] as const) {
        if (!isGitDirectory(world, gitDir)) continue
        const inside = bare && gitDir.endsWith('/.git')
        const config = new Config(world, `${gitDir}/config`, `${home}/.gitconfig`, given)
        return new Repository(world, gitDir, bare ? (inside ? parentOf(gitDir) : null) : at, config)
      }
      if (at === '/') return null
    }
  }

  get index(): Index {
    const bytes = this.world.read(`${this.gitDir}/index`)
    if (this.loaded?.bytes !== bytes || !this.loaded)
      this.loaded = { bytes, index: Index.read(this.world, `${this.gitDir}/index`) }
    return this.loaded.index
  }

  saveIndex(index: Index = this.index): void {
    index.write(this.world, `${this.gitDir}/index`)
    this.loaded = { bytes: this.world.read(`${this.gitDir}/index`), index }
  }

  get headId(): Id | null {
    return this.refs.get('HEAD')
  }

  get head(): Commit | null {
    const id = this.headId
    return id ? this.objects.commit(id) : null
  }

  /** `main` for `refs/heads/main`; null when HEAD is detached. */
  get branch(): string | null {
    const target = this.refs.headTarget
    return target?.startsWith('refs/heads/') ? target.slice(11) : target
  }

  /** A state file such as MERGE_HEAD, or null. */
  state(name: string): string | null {
    return this.world.readText(`${this.gitDir}/${name}`)
  }

  setState(name: string, text: string): void {
    this.world.write(`${this.gitDir}/${name}`, text)
  }

  clearState(...names: string[]): void {
    for (const name of names) this.world.remove(`${this.gitDir}/${name}`)
  }

  /** What a merge, a pick or a revert that waits for its commit has noted; a sequence of them stays. */
  clearUnfinished(): void {
    this.clearState(
      'MERGE_HEAD',
      'MERGE_MSG',
      'MERGE_MODE',
      'AUTO_MERGE',
      'SQUASH_MSG',
      'CHERRY_PICK_HEAD',
      'REVERT_HEAD',
    )
  }

  hasState(name: string): boolean {
    return this.world.exists(`${this.gitDir}/${name}`)
  }

  /** The full path of a file of the working tree. */
  place(path: string): string {
    return joinPath(this.workTree ?? '/', path)
  }

  /** Where a branch is pulled from: `refs/remotes/origin/main` and what it is called there; null when nothing is set. */
  upstreamOf(branch: string): { remote: string; merge: string; tracking: string | null } | null {
    const remote = this.config.get(`branch.${branch}.remote`)
    const merge = this.config.get(`branch.${branch}.merge`)
    if (!remote || !merge) return null
    if (remote === '.') return { remote, merge, tracking: merge }
    return { remote, merge, tracking: this.trackingName(remote, merge) }
  }

  /** Where a remote's branch is kept here, by its fetch refspecs. */
  trackingName(remote: string, name: string): string | null {
    for (const spec of this.config.all(`remote.${remote}.fetch`)) {
      const [from, to] = spec.replace(/^\+/, '').split(':')
      if (!from || !to) continue
      if (from === name) return to
      const star = from.indexOf('*')
      if (star >= 0 && name.startsWith(from.slice(0, star)) && name.endsWith(from.slice(star + 1)))
        return to.replace('*', name.slice(star, name.length - (from.length - star - 1)))
    }
    return null
  }
}

export function isGitDirectory(world: World, path: string): boolean {
  return (
    world.exists(`${path}/HEAD`) && world.isDirectory(`${path}/objects`) && world.isDirectory(`${path}/refs`)
  )
}

/** Lays out an empty repository as git does. */
export function layOut(world: World, gitDir: string, bare: boolean, branch: string): void {
  for (const folder of [
    'branches',
    'objects/info',
    'objects/pack',
    'refs/heads',
    'refs/tags',
    'info',
    'hooks',
  ])
    world.makeDirectory(`${gitDir}/${folder}`)
  world.write(`${gitDir}/HEAD`, `ref: refs/heads/${branch}\n`)
  const logs = bare ? '' : '\tlogallrefupdates = true\n'
  world.write(
    `${gitDir}/config`,
    `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${bare}\n${logs}`,
  )
  world.write(
    `${gitDir}/description`,
    "Unnamed repository; edit this file 'description' to name the repository.\n",
  )
  world.write(
    `${gitDir}/info/exclude`,
    '# Lines that start with "#" are comments. The patterns here are ignored in this repository only.\n',
  )
}

export type Person = Pick<Ident, 'name' | 'email'>
