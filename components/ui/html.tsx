import type { Html as Markup } from '@/exercises/kind'

/** HTML that our own compiler made from an author's words. Never give it what a learner typed. */
export function Html({
  html,
  as: Tag = 'div',
  className = '',
}: {
  html: Markup
  as?: 'div' | 'span' | 'p' | 'figure'
  className?: string
}) {
  return <Tag className={`html ${className}`} dangerouslySetInnerHTML={{ __html: html }} />
}
