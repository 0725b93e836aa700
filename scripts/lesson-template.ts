/** The files of a new lesson: small, true, and already without a fault, so that an author goes from green to green. */
export function lessonTemplate(of: {
  title: string
  minutes: number
  teaches: string
  needs: string[]
}): Map<string, string> {
  const quoted = JSON.stringify(of.title)
  return new Map([
    [
      'lesson.mdx',
      lesson
        .replace('TITLE', quoted)
        .replace('MINUTES', String(of.minutes))
        .replace('TEACHES', of.teaches)
        .replace('NEEDS', of.needs.join(', ')),
    ],
    ['cards.yaml', cards],
    ['exercises/count-late/exercise.yaml', exercise.replaceAll('TEACHES', of.teaches)],
    ['exercises/count-late/starter.py', starter],
    ['exercises/count-late/reference.py', reference],
    ['exercises/count-late/alternatives/with_a_loop.py', alternative],
    ['exercises/count-late/wrong/counts_the_limit.py', wrong],
    ['exercises/count-late/cases.py', cases],
  ])
}

const lesson = `---
title: TITLE
objective: You can write, in one sentence, what the learner does afterwards.
minutes: MINUTES
teaches: TEACHES
needs: [NEEDS]
concepts: [limit]
misconceptions:
  late-includes-limit: A parcel that takes exactly the limit is late.
status: draft
---

<Hook>
Replace this with one situation at Harbour Mutual or Parcelwise, with a number in it, and end with the question that the lesson answers. For now:
Parcelwise promised delivery within 3 days and counted 412 late parcels in a week. The customers counted 371. Both looked at the same table, and nobody made
a slip in adding up. Where do the missing 41 parcels come from?
</Hook>

<Choice id="which-is-late">
The promise is "within 3 days". Which of these parcels is late?
<Option correct>The one that took 4 days <Why>Four is more than the limit of three.</Why></Option>
<Option misconception="late-includes-limit">The one that took exactly 3 days <Why>Within three days includes the third day. It arrived in time.</Why></Option>
<Option>The one that took 2 days, sent on a Friday <Why>The promise counts days. It says nothing about which.</Why></Option>
<Hint>Look at the word before the number.</Hint>
</Choice>

## Say what happens at the limit

Each idea comes with an example that is executed. The check runs this and compares what it prints.

\`\`\`python run
days = [2, 3, 3, 4, 5]
print(sum(d > 3 for d in days), sum(d >= 3 for d in days))
\`\`\`

\`\`\`output
2 4
\`\`\`

The two counts differ by the parcels that took exactly the limit.

<Exercise id="count-late" />

<WhereItBreaks>
- **Days are not hours.** A parcel sent at 23:00 loses its first day at once.
- **A promise can change.** Parcels sent before the change keep the old limit.
</WhereItBreaks>

<Summary>
A limit belongs to one side. "Within" includes it, "more than" does not. Write down which one is meant before you count.
</Summary>

<GoFurther>
- [Comparisons in Python](https://docs.python.org/3/reference/expressions.html#comparisons): the six operators and how they chain.
</GoFurther>
`

const cards = `- id: within
  concept: limit
  kind: predict
  front: "Parcels took 3, 3 and 4 days. How many are late when the promise is within 3 days?"
  back: "One. Three days are within the promise."
- id: which-operator
  concept: limit
  kind: decide
  front: "Late is more than the limit. \`>\` or \`>=\`?"
  back: "\`>\`. With \`>=\` the parcels at the limit count as late."
- id: two-counts
  concept: limit
  kind: decide
  front: "Two teams count the same table and differ by 41. What do you look at first?"
  back: "The rows at the limit: one team includes them."
- id: who-owns
  concept: limit
  kind: recall
  front: "To which side of a promise does *within* give the limit?"
  back: "To the side that keeps the promise."
`

const exercise = `kind: code
version: 1
title: Count the late parcels
star: true
prompt: |
  Write \`count_late(days, limit)\`: how many numbers in the list \`days\` are more than \`limit\`.
  The list may be empty.
hints:
  - What is true of a parcel that took exactly the limit?
  - Compare each number with the limit and count the comparisons that hold.
  - "\`sum(d > limit for d in days)\` counts them: true is 1."
skills: [TEACHES]
limits: { ms: 5000, steps: 100000 }
`

const starter = `def count_late(days, limit):
    """How many of the days are more than the limit."""
    return 0
`

const reference = `def count_late(days, limit):
    return sum(d > limit for d in days)
`

const alternative = `def count_late(days, limit):
    late = 0
    for d in days:
        if d > limit:
            late += 1
    return late
`

const wrong = `# fails: at_the_limit
# because: "within" is read as "before"
def count_late(days, limit):
    return sum(d >= limit for d in days)
`

const cases = `from slipway import case, hidden


@case("some are late", says="Count those above the limit.")
def some(solution):
    return solution.count_late([1, 4, 9], 3)


@case("exactly the limit is in time", says="Three days are within three days.")
def at_the_limit(solution):
    return solution.count_late([3, 3, 4], 3)


@case("an empty list has none")
def empty(solution):
    return solution.count_late([], 3)


@hidden("a long list")
def long(solution):
    return solution.count_late([n % 7 for n in range(200)], 4)
`
