/** Where somebody lands who asked for no page, or for one that is not ours. */
export const HOME = '/dashboard'

/**
 * The path on this site that a `callbackUrl` names, or `HOME`. Anything that a browser could read as another host is
 * refused rather than repaired, wherever the value came from: query, form, cookie.
 */
export function safePath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > 2000) return HOME
  // Printable ASCII only, no backslash: browsers drop tabs and newlines and read `\` as `/`.
  if (!/^\/[!-[\]-~]*$/.test(wanted) || wanted.startsWith('//')) return HOME
  if (/%(0|1|7f|2f|5c|25)/i.test(wanted.split(/[?#]/, 1)[0] as string)) return HOME
  let url: URL
  try {
    url = new URL(wanted, 'http://slipway.invalid')
  } catch {
    return HOME
  }
  // `/.//evil.example` becomes `//evil.example` here, so the result is looked at as well.
  if (url.origin !== 'http://slipway.invalid' || url.pathname.startsWith('//')) return HOME
  if (/^\/(api|sign-in|sign-up|sign-out|_next)(\/|$)/.test(url.pathname)) return HOME
  return url.pathname + url.search + url.hash
}
