import type { AttemptOutcome, Solution } from '@/exercises/kind'

/** What the API said, as a value: the caller decides what to tell the learner. */
export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; why: 'offline'; database?: true }
  | { ok: false; why: 'limited'; seconds: number }
  | { ok: false; why: 'signed-out' }
  | { ok: false; why: 'outdated'; current: number }
  | { ok: false; why: 'refused'; text: string }

export type DraftConflict = {
  current: { revision: number; state: unknown; device?: string; updatedAt: string }
}

/** A window event: the server runs another build than the one that made this page. */
export const NEW_BUILD = 'slipway:new-build'

async function call(path: string, init?: RequestInit): Promise<Response | null> {
  try {
    const response = await fetch(path, {
      credentials: 'same-origin',
      cache: 'no-store',
      ...init,
      // A request that hangs would hold up everything behind it; the server gives up on its database after 8 s.
      signal: AbortSignal.timeout(20_000),
    })
    compareBuilds(response.headers.get('x-slipway-build'))
    return response
  } catch {
    return null
  }
}

function compareBuilds(server: string | null): void {
  if (typeof document === 'undefined') return
  const page = document.documentElement.dataset.build
  if (server && page && server !== page) dispatchEvent(new Event(NEW_BUILD))
}

async function read<T>(response: Response | null): Promise<Answer<T>> {
  if (response?.status === 503) return { ok: false, why: 'offline', database: true }
  if (!response || response.status >= 500) return { ok: false, why: 'offline' }
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return { ok: true, value: body as T }
  if (response.ok) return { ok: false, why: 'offline' } // an answer cut short: ask again
  if (response.status === 401) return { ok: false, why: 'signed-out' }
  if (response.status === 429) {
    return { ok: false, why: 'limited', seconds: Number(response.headers.get('retry-after')) || 30 }
  }
  const said = body as { current?: unknown; error?: unknown } | null
  if (response.status === 409 && typeof said?.current === 'number') {
    return { ok: false, why: 'outdated', current: said.current }
  }
  return {
    ok: false,
    why: 'refused',
    text: typeof said?.error === 'string' ? said.error : `The server answered ${response.status}.`,
  }
}

/** Names whose work it is: where somebody else has signed in meanwhile, the server takes nothing. */
const json = (method: string, user: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', 'x-slipway-learner': user },
  body: JSON.stringify(body),
})

/** Sends an attempt. The id makes a repeat harmless. */
export async function postAttempt(
  user: string,
  attempt: { id: string; block: string; version: number; response: unknown; hints: number },
): Promise<Answer<Omit<AttemptOutcome, 'at'>>> {
  const { id, block, version, response, hints } = attempt
  return read(await call('/api/attempts', json('POST', user, { id, block, version, response, hints })))
}

export async function getAttempt(id: string): Promise<Answer<Omit<AttemptOutcome, 'at'>>> {
  return read(await call(`/api/attempts/${id}`))
}

/** Writes a draft on the revision last seen; `conflict` when another device moved on (both are kept). */
export async function putDraft(
  user: string,
  block: string,
  base: number,
  state: unknown,
  leaving = false,
): Promise<Answer<{ revision: number } | { conflict: DraftConflict }>> {
  // `keepalive` lets the request outlive the page; browsers cap its body at 64 KB.
  const init = json('PUT', user, { base, state })
  const response = await call(
    `/api/drafts/${block}`,
    leaving && String(init.body).length < 60_000 ? { ...init, keepalive: true } : init,
  )
  if (response?.status === 409) {
    const body: unknown = await response.json().catch(() => null)
    if (body && typeof body === 'object' && 'current' in body && typeof body.current === 'object') {
      return { ok: true, value: { conflict: body as DraftConflict } }
    }
    return { ok: false, why: 'offline' }
  }
  return read(response)
}

export async function getSolution(block: string): Promise<Answer<Solution>> {
  return read(await call(`/api/solutions/${block}`))
}
