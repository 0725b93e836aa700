import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** What a provider says of somebody. */
export type Claims = { sub: string; email?: string; email_verified?: unknown; name?: string }

const CLIENT = { id: 'slipway', secret: 'a secret between two servers on this machine' }

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<Server> {
  const server = createServer(answer)
  await new Promise<void>((ready) => void server.listen(port, 'localhost', () => ready()))
  return server
}
const urlOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}`
const stop = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })

/**
 * A real OpenID provider (`oidc-provider`) on this machine. It signs in whoever `people` names by the cookie `person`, and asks
 * nothing; it refuses whoever comes without PKCE.
 */
export async function startOpenId(redirectUri: string, port?: number) {
  const people = new Map<string, Claims>()
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  const server = await listen((request, response) => handle(request, response), port)
  const issuer = urlOf(server)
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['a key of this test'] },
  })
  const answer = provider.callback()
  async function interact(request: IncomingMessage, response: ServerResponse) {
    const { prompt, session, params } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login') {
      const accountId = /person=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
      return provider.interactionFinished(request, response, { login: { accountId } })
    }
    const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params.client_id) })
    grant.addOIDCScope('openid email profile')
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  handle = (request, response) =>
    request.url?.startsWith('/interaction/')
      ? void interact(request, response)
      : void answer(request, response)
  return { ...CLIENT, issuer, people, stop: () => stop(server) }
}

/** What stands in for GitHub. */
export type GitHubPerson = {
  id: number
  login: string
  email?: string | null
  emails: { email: string; primary: boolean; verified: boolean }[]
}

/** A stand-in for the endpoints of GitHub that are asked: token, `/user`, `/user/emails`; and its page that asks a person. */
export async function startGitHub() {
  const people = new Map<string, GitHubPerson>()
  const asked: { path: string; body: URLSearchParams }[] = []
  const server = await listen(async (request, response) => {
    const url = new URL(String(request.url), 'http://localhost')
    let body = ''
    for await (const part of request) body += part
    asked.push({ path: url.pathname, body: new URLSearchParams(body || url.search) })
    const person = people.get(/person-(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    const json = (value: unknown) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(value))
    }
    if (url.pathname === '/login/oauth/authorize') {
      const back = new URL(String(url.searchParams.get('redirect_uri')))
      back.searchParams.set('code', /person=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
      back.searchParams.set('state', String(url.searchParams.get('state')))
      response.writeHead(302, { Location: back.href }).end()
    } else if (url.pathname === '/login/oauth/access_token') {
      const code = new URLSearchParams(body).get('code')
      json({ access_token: `person-${code}`, token_type: 'bearer', scope: 'read:user,user:email' })
    } else if (url.pathname === '/api/v3/user' && person) {
      json({ id: person.id, login: person.login, name: null, email: person.email ?? null })
    } else if (url.pathname === '/api/v3/user/emails' && person) {
      json(person.emails)
    } else response.writeHead(404).end()
  })
  return { ...CLIENT, url: urlOf(server), people, asked, stop: () => stop(server) }
}

/** Goes through a provider's pages as somebody, to where it sends them back: what it says there. */
export async function goThrough(
  start: string,
  person: string,
  home: string,
): Promise<Record<string, string>> {
  const jar = new Map([['person', person]])
  let url = start
  for (let step = 0; step < 12; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split(/=(.*)/s)
      jar.set(name, value)
    }
    const next = response.headers.get('location')
    if (!next) throw new Error(`${url} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
    url = new URL(next, url).href
    if (url.startsWith(home)) return Object.fromEntries(new URL(url).searchParams)
  }
  throw new Error('The provider sends people round and round')
}
