/**
 * The drawing at the left of `git log --graph`: columns that follow one line of history each, and the strokes that lead
 * from the columns above a commit to those below it.
 */
import type { Id } from './objects'

type State = 'padding' | 'pre-commit' | 'commit' | 'post-merge' | 'collapsing'

export class Graph {
  private id: Id = ''
  private parents: Id[] = []
  private width = 0
  private expansion = 0
  private state: State = 'padding'
  private previous: State = 'padding'
  private at = 0
  private previousAt = 0
  private layout = 0
  private added = 0
  private previousAdded = 0
  private columns: Id[] = []
  private below: Id[] = []
  private mapping: number[] = []
  private oldMapping: number[] = []
  private mark = '*'

  /** Goes on to the next commit; `parents` are those that will be shown. */
  next(id: Id, parents: Id[], mark = '*'): void {
    this.mark = mark
    this.id = id
    this.parents = parents
    this.previousAt = this.at
    this.lay()
    this.expansion = 0
    this.state = this.needsRoom ? 'pre-commit' : 'commit'
  }

  get finished(): boolean {
    return this.state === 'padding'
  }

  private go(state: State): void {
    this.previous = this.state
    this.state = state
  }

  private get dashes(): number {
    return this.parents.length + this.layout - 3
  }

  private get needsRoom(): boolean {
    return this.parents.length >= 3 && this.at < this.columns.length - 1 && this.expansion < this.dashes * 2
  }

  private lay(): void {
    this.columns = this.below
    this.below = []
    this.mapping = new Array(2 * (this.columns.length + this.parents.length)).fill(-1)
    this.width = 0
    this.previousAdded = this.added
    this.added = 0
    let seen = false
    for (let i = 0; i <= this.columns.length; i++) {
      if (i === this.columns.length && seen) break
      const own = i === this.columns.length ? this.id : this.columns[i]!
      if (own !== this.id) {
        this.place(own, -1)
        continue
      }
      seen = true
      this.at = i
      this.layout = -1
      for (const parent of this.parents) this.place(parent, i)
      if (this.parents.length === 0) this.width += 2
    }
    while (this.mapping.length > 1 && (this.mapping.at(-1) ?? 0) < 0) this.mapping.pop()
  }

  private place(id: Id, from: number): void {
    let column = this.below.indexOf(id)
    if (column < 0) column = this.below.push(id) - 1
    let slot: number
    if (this.parents.length > 1 && from > -1 && this.layout === -1) {
      const distance = from - column
      const shift = distance > 1 ? 2 * distance - 3 : 1
      this.layout = distance > 0 ? 0 : 1
      this.added = this.parents.length + this.layout - 2
      slot = this.width + (this.layout - 1) * shift
      this.width += 2 * this.layout
    } else if (this.added > 0 && column === this.mapping[this.width - 2]) {
      slot = this.width - 2
      this.added = -1
    } else {
      slot = this.width
      this.width += 2
    }
    this.mapping[slot] = column
  }

  private get settled(): boolean {
    return this.mapping.every((target, i) => target < 0 || target === i >> 1)
  }

  /** The next line, and whether it is the commit's own. */
  line(): { text: string; commit: boolean } {
    let text: string
    let commit = false
    switch (this.state) {
      case 'padding':
        text = this.below.map(() => '| ').join('')
        break
      case 'pre-commit':
        text = this.preCommitLine()
        break
      case 'commit':
        text = this.commitLine()
        commit = true
        break
      case 'post-merge':
        text = this.postMergeLine()
        break
      default:
        text = this.collapsingLine()
    }
    return { text: text.padEnd(this.width), commit }
  }

  /** A line that only carries the columns on, as beside the text of a diff. */
  padding(): string {
    if (this.state !== 'commit') return this.line().text
    let text = ''
    for (const column of this.columns) {
      text += '|'
      text += column === this.id && this.parents.length > 2 ? ' '.repeat((this.parents.length - 2) * 2) : ' '
    }
    this.previous = 'padding'
    return text.padEnd(this.width)
  }

  private preCommitLine(): string {
    let text = ''
    let seen = false
    for (const [i, column] of this.columns.entries()) {
      if (column === this.id) {
        seen = true
        text += `|${' '.repeat(this.expansion)}`
      } else if (seen && this.expansion === 0)
        text += this.previous === 'post-merge' && this.previousAt < i ? '\\' : '|'
      else text += seen ? '\\' : '|'
      text += ' '
    }
    this.expansion++
    if (!this.needsRoom) this.go('commit')
    return text
  }

  private commitLine(): string {
    let text = ''
    let seen = false
    for (let i = 0; i <= this.columns.length; i++) {
      if (i === this.columns.length && seen) break
      const own = i === this.columns.length ? this.id : this.columns[i]!
      if (own === this.id) {
        seen = true
        text += this.mark
        for (let dash = 0; this.parents.length > 2 && dash < this.dashes; dash++)
          text += dash === this.dashes - 1 ? '-.' : '--'
      } else if (seen && this.added > 1) text += '\\'
      else if (seen && this.added === 1)
        text += this.previous === 'post-merge' && this.previousAdded > 0 && this.previousAt < i ? '\\' : '|'
      else if (
        this.previous === 'collapsing' &&
        this.oldMapping[2 * i + 1] === i &&
        (this.mapping[2 * i] ?? -1) < i
      )
        text += '/'
      else text += '|'
      text += ' '
    }
    this.go(this.parents.length > 1 ? 'post-merge' : this.settled ? 'padding' : 'collapsing')
    return text
  }

  private postMergeLine(): string {
    let text = ''
    let seen = false
    let passedFirst = false
    for (let i = 0; i <= this.columns.length; i++) {
      if (i === this.columns.length && seen) break
      const own = i === this.columns.length ? this.id : this.columns[i]!
      if (own === this.id) {
        seen = true
        let stroke = this.layout
        for (let n = 0; n < this.parents.length; n++) {
          text += '/|\\'[stroke]
          if (stroke === 2) {
            if (this.added > 0 || n < this.parents.length - 1) text += ' '
          } else stroke++
        }
        if (this.added === 0) text += ' '
      } else if (seen) text += this.added > 0 ? '\\ ' : '| '
      else {
        text += '|'
        if (this.layout !== 0 || i !== this.at - 1) text += passedFirst ? '_' : ' '
      }
      if (own === this.parents[0]) passedFirst = true
    }
    this.go(this.settled ? 'padding' : 'collapsing')
    return text
  }

  private collapsingLine(): string {
    let usedHorizontal = false
    let edge = -1
    let edgeTarget = -1
    const old = this.mapping
    const now: number[] = new Array(old.length).fill(-1)
    for (const [i, target] of old.entries()) {
      if (target < 0) continue
      if (target * 2 === i) now[i] = target
      else if ((now[i - 1] ?? -1) < 0) {
        now[i - 1] = target
        if (edge === -1) {
          edge = i
          edgeTarget = target
          for (let n = target * 2 + 3; n < i - 2; n += 2) now[n] = target
        }
      } else if (now[i - 1] !== target) {
        now[i - 2] = target
        if (edge === -1) {
          edgeTarget = target
          edge = i - 1
          for (let n = target * 2 + 3; n < i - 2; n += 2) now[n] = target
        }
      }
    }
    this.mapping = now
    this.oldMapping = [...now]
    if ((now.at(-1) ?? 0) < 0) now.pop()
    let text = ''
    for (let i = 0; i < now.length; i++) {
      const target = now[i]!
      if (target < 0) text += ' '
      else if (target * 2 === i) text += '|'
      else if (target === edgeTarget && i !== edge - 1) {
        if (i !== target * 2 + 3) now[i] = -1
        usedHorizontal = true
        text += '_'
      } else {
        if (usedHorizontal && i < edge) now[i] = -1
        text += '/'
      }
    }
    if (this.settled) this.go('padding')
    return text
  }
}
