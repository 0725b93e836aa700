import { env } from './env'

/**
 * What the house writes to people. Nothing that somebody typed stands in a letter, no name either: anyone can make an
 * account with another's address, and would have us deliver their words. Every link begins with PUBLIC_URL, whatever
 * host a request named.
 */
export type Letter = {
  to: string
  subject: string
  before: string[]
  link?: { url: string; label: string }
  after: string[]
}

const host = new URL(env.PUBLIC_URL).host
const linkTo = (path: string, token: string) => `${env.PUBLIC_URL}${path}?token=${token}`

export const RESET_MINUTES = 60
export const VERIFY_MINUTES = 24 * 60

/** To a new account: say that the address is yours. */
export function verifyLetter(to: string, token: string): Letter {
  return {
    to,
    subject: 'Is this your address?',
    before: [`Somebody gave this address for an account on ${host}. If it was you, say so by this link:`],
    link: { url: linkTo('/verify-email', token), label: 'Verify the address' },
    after: [
      'The link works once, within 24 hours. You can learn without it; with it a lost password is no lost account.',
      'If it was not you, do nothing. Whoever wrote your address cannot read this, and the account stays unverified.',
    ],
  }
}

/** To an account whose password is lost. */
export function resetLetter(to: string, token: string): Letter {
  return {
    to,
    subject: 'A new password',
    before: [`Somebody asked for a new password for this address on ${host}. If it was you, set it here:`],
    link: { url: linkTo('/reset-password', token), label: 'Set a new password' },
    after: [
      'The link works once, within an hour. It signs out every device. Your work stays as it is.',
      'If it was not you, do nothing. Your password is what it was.',
    ],
  }
}

/** To an address that shall take the place of another. */
export function changeLetter(to: string, token: string): Letter {
  return {
    to,
    subject: 'Sign in with this address from now on?',
    before: [
      `Somebody who is signed in on ${host} wants to sign in with this address from now on. If it was you, say so by this link:`,
    ],
    link: { url: linkTo('/verify-email', token), label: 'Use this address' },
    after: [
      'The link works once, within an hour. Until then the former address holds.',
      'If it was not you, do nothing. Nothing changes.',
    ],
  }
}

/** To the present address, when somebody asked for another. */
export function changeAskedLetter(to: string): Letter {
  return {
    to,
    subject: 'Another address was asked for',
    before: [
      `Somebody who knows your password asked to sign in on ${host} with another address. It takes effect when that address is verified.`,
      'If it was you, there is nothing to do.',
    ],
    after: [
      `If it was not you, change your password at ${env.PUBLIC_URL}/settings or ask for a new one at ${env.PUBLIC_URL}/reset-password. Either ends the change that was asked for.`,
    ],
  }
}

/** To the address that was left. */
export function changedLetter(to: string): Letter {
  return {
    to,
    subject: 'Your address was changed',
    before: [
      `Your account on ${host} is signed in to with another address from now on. This one is not used any more.`,
      'If it was you, there is nothing to do.',
    ],
    after: [
      'If it was not you, write to whoever runs this site at once: they can suspend the account and give you a link.',
    ],
  }
}

/** To an account whose password was set or changed. */
export function passwordLetter(to: string): Letter {
  return {
    to,
    subject: 'Your password was changed',
    before: [
      `The password of your account on ${host} was changed, and every other device was signed out.`,
      'If it was you, there is nothing to do.',
    ],
    after: [`If it was not you, ask for a new one at ${env.PUBLIC_URL}/reset-password.`],
  }
}

const SIGNED = `Slipway on ${host}`

/** The letter as plain text. */
export function asText({ before, link, after }: Letter): string {
  return [...before, ...(link ? [link.url] : []), ...after, SIGNED].join('\n\n').concat('\n')
}

/** The letter as HTML that needs nothing from anywhere: no picture, no script, no style sheet. */
export function asHtml({ subject, before, link, after }: Letter): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`
  const button = link
    ? `<p style="margin:24px 0"><a href="${escapeHtml(link.url)}" style="display:inline-block;padding:10px 18px;border-radius:4px;background:#18243d;color:#fbfaf7;text-decoration:none;font-family:Inter,Arial,sans-serif">${escapeHtml(link.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;word-break:break-all">${escapeHtml(link.url)}</p>`
    : ''
  return `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;background:#f8f6f2;color:#18243d;font:16px/1.5 'Source Serif 4',Georgia,serif">
<div style="max-width:520px;margin:0 auto">
${before.map(paragraph).join('\n')}
${button}
${after.map(paragraph).join('\n')}
<p style="margin:32px 0 0;padding-top:12px;border-top:1px solid #d9d5cc;font-size:13px">${escapeHtml(SIGNED)}</p>
</div>
</body>
</html>
`
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (mark) => ENTITIES[mark] as string)
