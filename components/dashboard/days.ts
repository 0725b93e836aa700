/** A day in the learner's own calendar; `minutes` null: it has not come yet. */
export type Day = { date: string; minutes: number | null; today: boolean }
/** Monday to Sunday. */
export type Week = { label: string; days: Day[] }

const DAY = 86_400_000

/** Weeks up to the one of `today` (an ISO date), Monday first, with the minutes that were counted on each day. */
export function weeksUpTo(
  today: string,
  count: number,
  activity: { day: string; minutes: number }[],
): Week[] {
  const minutes = new Map(activity.map((one) => [one.day, one.minutes]))
  const last = mondayOf(today)
  return Array.from({ length: count }, (_, w) => {
    const monday = last - (count - 1 - w) * 7 * DAY
    const days = Array.from({ length: 7 }, (_, d): Day => {
      const date = new Date(monday + d * DAY).toISOString().slice(0, 10)
      return { date, minutes: date > today ? null : (minutes.get(date) ?? 0), today: date === today }
    })
    return { label: dayAndMonth(monday), days }
  })
}

/** The Monday on which the first of so many weeks begins, as an ISO date. */
export function firstDayOf(today: string, count: number): string {
  return new Date(mondayOf(today) - (count - 1) * 7 * DAY).toISOString().slice(0, 10)
}

/** Dates are calendar days here: midnight UTC of each stands for it, and no zone moves it. */
function mondayOf(date: string): number {
  const at = Date.parse(`${date}T00:00:00Z`)
  return at - ((new Date(at).getUTCDay() + 6) % 7) * DAY
}

function dayAndMonth(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at)
}

/** Today's ISO date where the learner is. */
export function todayIn(timeZone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(now)
}

/** When something happened, as short as it can be said: the hour today, the weekday within a week, else the date. */
export function whenShort(at: Date, timeZone: string, now = new Date()): string {
  const days = (Date.parse(todayIn(timeZone, now)) - Date.parse(todayIn(timeZone, at))) / DAY
  const options: Intl.DateTimeFormatOptions =
    days <= 0
      ? { hour: '2-digit', minute: '2-digit' }
      : days < 7
        ? { weekday: 'short' }
        : { day: 'numeric', month: 'short', ...(days > 300 && { year: 'numeric' }) }
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(at)
}
