/** Postgres did not answer in time, or not at all. Nothing is known about whether a write took place. */
export class DatabaseUnavailable extends Error {
  constructor(cause?: unknown) {
    super('the database does not answer', { cause })
    this.name = 'DatabaseUnavailable'
  }
}

/** Another process is starting the database of this folder. The sentence is for the person at the terminal. */
export class AlreadyStarting extends Error {
  constructor(folder: string, pid: number) {
    super(
      `Another start of the database in ${folder} is in progress (process ${pid}). Wait until it is done, or stop that one.`,
    )
    this.name = 'AlreadyStarting'
  }
}
