import { answer } from '../../handler'

/** Whatever is not an endpoint answers as one: JSON, and nothing of a page. */
async function nothing(): Promise<Response> {
  return answer(404, { error: 'There is nothing at this address.' })
}

export { nothing as DELETE, nothing as GET, nothing as POST, nothing as PUT }
