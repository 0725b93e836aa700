/** Sends a report. Null when it has arrived, else what to tell the learner; the same id may be sent again. */
export async function postReport(report: {
  id: string
  block: string
  version: number
  kind: 'refused' | 'problem'
  attempt: string | null
  words: string
}): Promise<string | null> {
  let answer: Response
  try {
    answer = await fetch('/api/reports', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
    })
  } catch {
    return 'The server does not answer. Nothing is sent yet; what you wrote stays here. Send it again in a moment.'
  }
  if (answer.ok) return null
  if (answer.status === 401)
    return 'You are signed out. Sign in again in another tab, then send this; what you wrote stays here.'
  if (answer.status === 429)
    return `Too many reports in a minute. Send this again in ${Number(answer.headers.get('retry-after')) || 30} s; what you wrote stays here.`
  if (answer.status >= 500)
    return 'The server cannot take it just now. What you wrote stays here. Send it again in a moment.'
  const said = (await answer.json().catch(() => null)) as { error?: unknown } | null
  return typeof said?.error === 'string' ? said.error : `The server answered ${answer.status}.`
}
