import { z } from 'zod'
import { getSearchIndex } from '@/content'
import { handler, Refused } from '../../../handler'
import { slug } from '../../block-id'

/** What can be searched in the written lessons of a course: their parts, in the words that their pages show. */
export const GET = handler(
  {
    params: z.strictObject({ course: slug }),
    perMinute: {
      name: 'search',
      count: 60,
      text: 'Too many searches in a minute. Lessons and commands can be found meanwhile.',
    },
  },
  async ({ params }) => {
    const index = await getSearchIndex(params.course)
    if (!index) throw new Refused(404, { error: 'There is no course by this name.' })
    return index
  },
)
