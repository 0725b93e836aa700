import type { Course } from '@/content/types'
import { count, courseFacts } from './facts'

/** Pixels of a picture that other sites show beside a link. */
export const SHARE_SIZE = { width: 1200, height: 630 }

// The light theme: a picture knows nobody's preference.
const ink = '#17233b'
const quiet = '#55607a'
const rule = '#dcd9d2'
const steel = '#3d6488'

/**
 * A course as a drawing sheet: its title and promise, and the slip with a tick for each lesson, painted where a lesson is
 * written. For a renderer that knows flex boxes and inline styles only.
 */
export function SharePicture({ course }: { course: Course }) {
  const facts = courseFacts(course)
  return (
    <div
      style={{
        display: 'flex',
        flexDirection: 'column',
        width: '100%',
        height: '100%',
        padding: '64px 72px 0',
        background: '#f8f7f4',
        color: ink,
        fontFamily: 'Serif',
      }}
    >
      <div style={{ display: 'flex', alignItems: 'center', gap: 16, fontSize: 34, fontWeight: 600 }}>
        <svg width={56} height={56} viewBox="0 0 28 28" aria-hidden="true">
          <path
            fill="#a5412c"
            d="M4.6 13.4 24.4 16.9 23.6 19.2Q22.9 20.6 21 20.3L8.6 18.1Q5.6 17.4 4.6 13.4Z"
          />
          <path
            fill="none"
            stroke={ink}
            strokeWidth={1.25}
            strokeLinejoin="round"
            strokeLinecap="round"
            d="M3 7.6Q3.2 16.9 8.6 18.1L21 20.3Q22.9 20.6 23.6 19.2L25.4 12.4 3 7.6ZM1 19.9 22 23.6M16.5 25.5H27"
          />
        </svg>
        Slipway
      </div>
      <div
        style={{
          display: 'flex',
          marginTop: 44,
          fontSize: course.title.length > 26 ? 70 : 84,
          fontWeight: 600,
          lineHeight: 1.08,
          letterSpacing: '-0.022em',
        }}
      >
        {course.title}
      </div>
      <div style={{ display: 'flex', marginTop: 24, fontSize: 31, lineHeight: 1.4, color: '#36435e' }}>
        {course.promise}
      </div>
      <div style={{ display: 'flex', flexGrow: 1 }} />
      <div
        style={{
          display: 'flex',
          gap: 48,
          paddingTop: 16,
          borderTop: `1px solid ${rule}`,
          fontFamily: 'Sans',
          fontSize: 25,
          color: quiet,
        }}
      >
        <span>{count(course.modules.length, 'module')}</span>
        <span>{count(facts.lessons, 'lesson')}</span>
        <span>{facts.written === 0 ? 'none written yet' : `${facts.written} written`}</span>
      </div>
      <ShareSlip course={course} />
    </div>
  )
}

function ShareSlip({ course }: { course: Course }) {
  const lessons = course.modules.flatMap((module) =>
    module.lessons.map((lesson, at) => ({ lesson, first: at === 0 })),
  )
  const way = (part: number) => 30 + 52 * part
  const x = (at: number) => (860 * at) / Math.max(1, lessons.length)
  const y = (at: number) => way(x(at) / 1056)
  const ticks = lessons.map(({ first }, at) => `M${x(at)} ${y(at)}v-${first ? 22 : 11}`).join('')
  const painted = lessons
    .map(({ lesson }, at) =>
      lesson.written ? `M${x(at) + 3} ${y(at) + 6}L${x(at + 1) - 3} ${y(at + 1) + 6}` : '',
    )
    .join('')
  return (
    <svg width={1056} height={112} viewBox="0 0 1056 112" style={{ marginTop: 12 }} aria-hidden="true">
      <path d={ticks} stroke={quiet} strokeWidth={1.5} fill="none" />
      <path d={`M0 ${way(0)}L1056 ${way(1)}`} stroke={ink} strokeWidth={2} fill="none" />
      {painted !== '' && <path d={painted} stroke="#a5412c" strokeWidth={8} fill="none" />}
      <path d="M850 74H1056M896 86H1056M934 98H1056" stroke={steel} strokeWidth={1.5} fill="none" />
    </svg>
  )
}
