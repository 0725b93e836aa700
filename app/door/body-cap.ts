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
 * sees a body that was cut. `onOver` is called once, before the reader learns of it. What still arrives is thrown away;
 * the socket stays open, so that the answer can be read by a client that is still writing.
 */
export function capBody(request: IncomingMessage, cap: number, onOver: () => void): void {
  const push = request.push.bind(request)
  let size = 0
  let isOver = false
  request.push = (chunk, encoding) => {
    if (isOver) return true
    if (chunk !== null) size += chunk.length
    if (size <= cap) return push(chunk, encoding)
    isOver = true
    onOver()
    // `destroy` would take the socket with it, and with the socket the answer.
    request._destroy = (error, done) => done(error)
    request.on('error', () => undefined)
    request.destroy(new BodyTooLarge())
    return true
  }
}
