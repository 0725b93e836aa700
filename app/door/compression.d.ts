/** The part of `compression` that the front door uses; its published types bring those of Express with them. */
declare module 'compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  type Filter = (request: IncomingMessage, response: ServerResponse) => boolean
  type Options = {
    filter?: Filter
    level?: number
    threshold?: number
    brotli?: { params: Record<number, number> }
  }

  function compression(
    options?: Options,
  ): (request: IncomingMessage, response: ServerResponse, next: () => void) => void
  namespace compression {
    const filter: Filter
  }
  export = compression
}
