import type { IncomingMessage } from 'node:http'

/** Read by whoever waits for the body when it grew over its cap. */
export class BodyTooLarge extends Error {
  constructor() {
    super('The body is over its cap.')
    this.name = 'BodyTooLarge'
  }
}

/**
 * Counts a request's body as it arrives and ends it with an error once it is over `cap` bytes: whoever reads it never
 * sees a body that was cut. `onOver` is called once, before the reader learns of it, with what fulfils when the client
 * has stopped writing. What still arrives is thrown away; the socket stays open, so that a client that is still writing
 * can read the answer.
 */
export function capBody(
  request: IncomingMessage,
  cap: number,
  onOver: (written: Promise<void>) => void,
): void {
  const push = request.push.bind(request)
  let size = 0
  let end: (() => void) | null = null
  request.push = (chunk, encoding) => {
    if (end) {
      if (chunk === null) end()
      return true
    }
    if (chunk !== null) size += chunk.length
    if (size <= cap) return push(chunk, encoding)
    onOver(
      new Promise((done) => {
        end = done
      }),
    )
    // `destroy` would take the socket with it, and with the socket the answer.
    request._destroy = (error, done) => done(error)
    request.on('error', () => undefined)
    request.destroy(new BodyTooLarge())
    return true
  }
}
