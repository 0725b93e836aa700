// `npm test`, or some of its steps: `npm test -- lint types`. Only Node here: this file installs the rest.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, requireNode } from './install.mjs'

requireNode()
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))
if (existsSync('.env')) process.loadEnvFile('.env')
ensureInstalled({ dev: true })

const { register } = await import('tsx/esm/api')
register()
const { runChecks } = await import('./checks.ts')
await runChecks(process.argv.slice(2))
