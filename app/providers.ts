import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import type { Identity, Provider } from '@/db/queries/links'
import { env } from './env'
import { canonicalEmail, personName } from './fields'

/** What a provider is asked for, and what of its answer is believed. */

/** The names of all providers, those that are switched off too: somebody may still be linked with one. */
export const PROVIDER_NAMES: Record<Provider, string> = {
  google: 'Google',
  oidc: env.OIDC_NAME ?? 'Single sign-on',
  github: 'GitHub',
}

const AWAY_MS = 5000
const GITHUB = env.GITHUB_URL ?? 'https://github.com'
const GITHUB_API = env.GITHUB_URL ? `${env.GITHUB_URL}/api/v3` : 'https://api.github.com'

type Claims = Record<string, unknown>
type Config = OAuthConfig<Claims>

const configs = [
  env.GOOGLE_ID &&
    env.GOOGLE_SECRET &&
    openId('google', env.GOOGLE_ISSUER ?? 'https://accounts.google.com', env.GOOGLE_ID, env.GOOGLE_SECRET),
  env.OIDC_ISSUER &&
    env.OIDC_ID &&
    env.OIDC_SECRET &&
    openId('oidc', env.OIDC_ISSUER, env.OIDC_ID, env.OIDC_SECRET),
  env.GITHUB_ID && env.GITHUB_SECRET && gitHub(env.GITHUB_ID, env.GITHUB_SECRET),
].filter((one) => typeof one === 'object')

/** The providers whose variables are set, as next-auth takes them. */
export const providerConfigs: Config[] = configs

/** The providers whose variables are set. */
export const providers = configs.map(({ id }) => ({
  id: id as Provider,
  name: PROVIDER_NAMES[id as Provider],
}))

export const isProvider = (id: string): id is Provider => providers.some((one) => one.id === id)

/** Google, and whatever else speaks OpenID Connect. */
function openId(id: Provider, issuer: string, clientId: string, clientSecret: string): Config {
  return {
    id,
    name: PROVIDER_NAMES[id],
    type: 'oauth',
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret,
    authorization: { params: { scope: 'openid email profile' } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    userinfo: {
      async request({ client, tokens }) {
        // next-auth's types call it less than it is.
        const held = tokens as Exclude<Parameters<typeof client.userinfo>[0], string>
        const claims: Claims = { ...held.claims() }
        // Many give the address at their second endpoint only. openid-client asks that both speak of one subject.
        if (claims.email !== undefined || !client.issuer.metadata.userinfo_endpoint) return claims
        return { ...(await client.userinfo(held)), sub: String(claims.sub) }
      },
    },
    profile: (claims) => ({
      id: String(claims.sub ?? ''),
      email: claims.email_verified === true ? text(claims.email) : '',
      name: text(claims.name) || text(claims.preferred_username),
    }),
  }
}

const gitHubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** GitHub's `/user` gives an address without saying whether it is verified: only `/user/emails` does. */
function gitHub(clientId: string, clientSecret: string): Config {
  return {
    id: 'github',
    name: PROVIDER_NAMES.github,
    type: 'oauth',
    issuer: `${GITHUB}/login/oauth`,
    clientId,
    clientSecret,
    authorization: { url: `${GITHUB}/login/oauth/authorize`, params: { scope: 'read:user user:email' } },
    token: { url: `${GITHUB}/login/oauth/access_token` },
    checks: ['pkce', 'state'],
    userinfo: {
      url: `${GITHUB_API}/user`,
      async request({ client, tokens }) {
        const user: Claims = { ...(await client.userinfo(String(tokens.access_token))) }
        const response = await fetch(`${GITHUB_API}/user/emails`, {
          headers: { Authorization: `Bearer ${tokens.access_token}`, Accept: 'application/vnd.github+json' },
          signal: AbortSignal.timeout(AWAY_MS),
        })
        if (!response.ok) throw new Error(`GitHub answered ${response.status} for the addresses`)
        const primary = gitHubEmails.parse(await response.json()).find((one) => one.primary)
        return { ...user, email: primary?.verified ? primary.email : '' }
      },
    },
    profile: (user) => ({
      id: user.id === undefined ? '' : String(user.id),
      email: text(user.email),
      name: text(user.name) || text(user.login),
    }),
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** What a provider said, as the house takes it: an address that is none of ours to spell is no address. */
export function identityOf(
  provider: Provider,
  profile: { id: string; email?: string | null; name?: string | null },
): Identity {
  const email = canonicalEmail(profile.email ?? '')
  const named = personName.safeParse(profile.name ?? '')
  return {
    provider,
    subject: profile.id,
    email,
    name: named.success ? named.data : (email?.split('@')[0] ?? PROVIDER_NAMES[provider]),
  }
}
