// Runs before there is a node_modules: no dependencies, plain JavaScript.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const NODE_FLOOR = [20, 19]

/** Ends the process with a sentence where Node is too old for anything that follows. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return
  console.error(
    `Slipway needs Node ${NODE_FLOOR.join('.')} or later; this is ${process.versions.node}. Node 24 is a good choice: https://nodejs.org`,
  )
  process.exit(1)
}

/**
 * Installs packages where what lies in node_modules is not what package-lock.json says. npm writes down what it
 * installed in node_modules/.package-lock.json, so an unchanged folder costs two file reads.
 * @param {{ dev: boolean }} options whether the tools of `npm test` are wanted too
 */
export function ensureInstalled({ dev }) {
  const missing = countMissing(dev)
  if (missing === 0) return
  console.log(`Installing packages (${missing} to fetch, about a minute on a first visit)`)
  const began = Date.now()
  if (!npm('ci') && !npm('install')) {
    console.error('The packages could not be installed; what npm said stands above. Is there a network?')
    process.exit(1)
  }
  console.log(`Packages installed in ${Math.round((Date.now() - began) / 1000)} s`)
}

/** How many packages of the lock file are absent or of another version. */
export function countMissing(dev) {
  const wanted = readPackages('package-lock.json') ?? {}
  const present = readPackages('node_modules/.package-lock.json') ?? {}
  return Object.entries(wanted).filter(([path, { version, optional, dev: isDev, devOptional, link }]) => {
    if (path === '' || link || optional || devOptional || (isDev && !dev)) return false
    return present[path]?.version !== version || !existsSync(path)
  }).length
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return null
  }
}

function npm(command) {
  const args = [command, '--no-fund', '--no-audit', '--include=dev']
  // Under `npm start` NODE_ENV may say production, and npm would leave out what the tests need.
  const env = { ...process.env, NODE_ENV: '' }
  const cli = process.env.npm_execpath
  const result = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], { stdio: 'inherit', env })
    : spawnSync('npm', args, { stdio: 'inherit', env, shell: process.platform === 'win32' })
  return result.status === 0
}
