import { type Env, readEnv } from './read-env'

/**
 * The only reader of `process.env` in the web process. What is wrong is named at boot, with the variable, instead of at
 * the first request that needs it.
 */
export const env: Env = readEnv(process.env)

// next-auth reads these two itself, and believes a forwarded host where the third is set.
process.env.NEXTAUTH_URL = env.PUBLIC_URL
process.env.NEXTAUTH_SECRET = env.AUTH_SECRET
process.env.AUTH_TRUST_HOST = ''
