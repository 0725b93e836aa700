import path from 'node:path'

/** Where compiled content lies. Below the folder that the process runs in; a test may give another. */
export function compiledPaths(root: string) {
  const base = path.join(/* turbopackIgnore: true */ root, '.content')
  return {
    index: path.join(base, 'index.json'),
    state: path.join(base, 'state.json'),
    lesson: (course: string, lesson: string) => path.join(base, 'lessons', course, `${lesson}.json`),
    search: (course: string) => path.join(base, 'search', `${course}.json`),
    keys: (course: string, lesson: string) => path.join(base, 'keys', course, `${lesson}.json`),
  }
}
