import { createServer } from 'node:http'
import next from 'next'
import { env } from '../../app/env'
import { offerRenderer } from '../../components/lesson/sheets'
import { configureDatabase } from '../../db/client'

// The pages and handlers without the front door: what they refuse here they refuse by themselves.

const app = next({
  dev: false,
  dir: process.cwd(),
  port: env.PORT,
  hostname: 'localhost',
  httpServer: createServer(),
})
const handle = app.getRequestHandler()
configureDatabase(env.DATABASE_URL)
offerRenderer(() => import('../../components/lesson/render-sheet'))
await app.prepare()
createServer((request, response) => void handle(request, response)).listen(env.PORT)
