import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { countOpenOf } from './readers'

/** The name that the files in deploy/ give the site. */
export const SITE = 'learn.example.org'

export type Proxy = {
  /** Where it takes TLS. */
  port: number
  version: string
  /** How many files and sockets its processes hold. */
  countOpen(): number
  stop(): Promise<void>
}

/** Debian's nginx with deploy/nginx.conf as it is, but for its ports and a certificate of its own, before the house at `to`. */
export async function startNginx(to: number, port: number): Promise<Proxy> {
  const version = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
  if (version.status !== 0) throw new Error('there is no nginx on this machine: apt-get install nginx')
  const folder = mkdtempSync(join(tmpdir(), 'slipway-nginx-'))
  for (const name of ['body', 'proxy']) mkdirSync(join(folder, name))
  makeCertificate(folder)
  const site = readFileSync('deploy/nginx.conf', 'utf8')
    .replace('listen 80;', `listen ${port + 1};`)
    .replace('listen 443 ssl', `listen ${port} ssl`)
    .replaceAll(`/etc/letsencrypt/live/${SITE}`, folder)
    .replace('http://127.0.0.1:3000', `http://127.0.0.1:${to}`)
  // What the file says of the part of nginx's own file that it cannot hold.
  const told = (name: string) => {
    const [, line] = new RegExp(`^# +(${name} \\d+;)`, 'm').exec(site) ?? []
    if (!line) throw new Error(`deploy/nginx.conf says nothing of ${name}`)
    return line
  }
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;
pid ${folder}/pid;
error_log ${folder}/error.log;
worker_processes auto;
${told('worker_rlimit_nofile')}
events { ${told('worker_connections')} }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u;
  scgi_temp_path ${folder}/s;
  ${site}
}
`,
  )
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] })
  return whenItTakes({ child, port, folder, version: version.stderr.trim() }, () => workersOf(child.pid ?? 0))
}

/** Debian's Caddy with deploy/Caddyfile as it is, but for its port and a certificate of its own. */
export async function startCaddy(to: number, port: number): Promise<Proxy> {
  const version = spawnSync('caddy', ['version'], { encoding: 'utf8' })
  if (version.status !== 0) throw new Error('there is no caddy on this machine: apt-get install caddy')
  const folder = mkdtempSync(join(tmpdir(), 'slipway-caddy-'))
  makeCertificate(folder)
  const file = readFileSync('deploy/Caddyfile', 'utf8')
    .replace('\n{\n', '\n{\n\tadmin off\n\tauto_https disable_redirects\n')
    .replace(`${SITE} {`, `${SITE}:${port} {\n\ttls ${folder}/fullchain.pem ${folder}/privkey.pem`)
    .replace('127.0.0.1:3000', `127.0.0.1:${to}`)
  writeFileSync(join(folder, 'Caddyfile'), file)
  const child = spawn('caddy', ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], {
    stdio: 'ignore',
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
  })
  return whenItTakes({ child, port, folder, version: `Caddy ${version.stdout.trim()}` }, () => [
    child.pid ?? 0,
  ])
}

/** Waits until a proxy takes connections; `listProcesses` names those that hold them. */
async function whenItTakes(
  { child, port, folder, version }: { child: ChildProcess; port: number; folder: string; version: string },
  listProcesses: () => number[],
): Promise<Proxy> {
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; !(await takes(port)); tries++) {
    if (tries < 100 && child.exitCode === null) await pause(50)
    else {
      await stop()
      throw new Error(`${version} did not start`)
    }
  }
  const countOpen = () => listProcesses().reduce((sum, pid) => sum + countOpenOf(pid), 0)
  return { port, version, countOpen, stop }
}

async function takes(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function makeCertificate(folder: string): void {
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-subj',
      `/CN=${SITE}`,
      '-keyout',
      join(folder, 'privkey.pem'),
      '-out',
      join(folder, 'fullchain.pem'),
    ],
  ])
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.stderr}`)
}

function workersOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}
