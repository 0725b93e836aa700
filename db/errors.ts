/** Postgres did not answer in time, or not at all. Nothing is known about whether a write took place. */
export class DatabaseUnavailable extends Error {
  constructor(cause?: unknown) {
    super('the database does not answer', { cause })
    this.name = 'DatabaseUnavailable'
  }
}
