import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Received = { from: string; to: string[]; message: string }

/** A mail server on this machine, which keeps what it is given; `refuse` is the answer to any recipient. */
export async function startMailServer({ refuse }: { refuse?: number } = {}) {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      if (!refuse) return done()
      done(Object.assign(new Error('not here'), { responseCode: refuse }))
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          message: Buffer.concat(parts).toString('utf8'),
        })
        done()
      })
    },
  })
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', () => ready()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    stop: () => new Promise<void>((done) => server.close(() => done())),
  }
}

/** A part of a message as it is read. */
export function partOf(message: string, type: 'text/plain' | 'text/html'): string {
  const lines = message.replaceAll('\r\n', '\n')
  const [, rest = ''] = lines.split(`Content-Type: ${type}`)
  const body = rest.slice(rest.indexOf('\n\n') + 2).split(/\n--[-\w]+/)[0] ?? ''
  if (!/^Content-Transfer-Encoding: quoted-printable$/m.test(rest.slice(0, rest.indexOf('\n\n')))) return body
  return Buffer.from(
    body
      .replace(/=\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  ).toString('utf8')
}
