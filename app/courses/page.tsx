import type { Metadata } from 'next'
import { count, courseFacts } from '@/components/course/facts'
import { CourseRows } from '@/components/site/landing'
import { getCourses } from '@/content'
import { Frame } from '../frame'

export const metadata: Metadata = {
  title: 'Courses',
  description:
    'Data structures and algorithms, cloud deployment, git and GitHub: every lesson, written or planned.',
}

export default async function CoursesPage() {
  const courses = await getCourses()
  const facts = courses.map(courseFacts)
  const written = facts.reduce((sum, fact) => sum + fact.written, 0)
  const planned = facts.reduce((sum, fact) => sum + fact.lessons - fact.written, 0)
  return (
    <Frame current="courses">
      <main id="main" className="wrap flex-1 pt-12">
        <h1 className="title-36">Courses</h1>
        <p className="lede mt-3 max-w-160">
          {count(written, 'lesson')} can be taken now.
          {planned > 0 &&
            ` ${count(planned, 'more is', 'more are')} planned, listed in their place and marked so.`}
        </p>
        <div className="mt-8">
          <CourseRows courses={courses} as="h2" />
        </div>
      </main>
    </Frame>
  )
}
