// `npm start` and `npm run dev`. This file may use nothing but Node: it is what installs the rest.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, requireNode } from './install.mjs'

requireNode()
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))
if (existsSync('.env')) process.loadEnvFile('.env')
ensureInstalled({ dev: false })

// In this process, not in one below it: a signal then has nobody to pass through.
const { register } = await import('tsx/esm/api')
register()
const { supervise } = await import('./supervise.ts')
await supervise({ dev: process.argv.includes('--dev') })
