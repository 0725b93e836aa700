import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  customType,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const time = (name: string) => timestamp(name, { withTimezone: true })

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** Canonical: trimmed, NFKC, lower case. */
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** IANA name; days of activity are counted in it. */
    timeZone: text('time_zone').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    suspendedAt: time('suspended_at'),
    /** Since when the person is known to read the mail of this address. */
    emailVerifiedAt: time('email_verified_at'),
    /** What they come from; null until they say so. */
    background: text('background', { enum: ['data-scientist', 'software-engineer', 'new'] }),
  },
  (t) => [
    uniqueIndex('users_email').on(t.email),
    check('users_background', sql`${t.background} in ('data-scientist', 'software-engineer', 'new')`),
  ],
)

const userId = () =>
  uuid('user_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** Apart from `users`, so that no select of a person can leak a hash. */
export const passwords = pgTable('passwords', {
  userId: userId().primaryKey(),
  hash: text('hash').notNull(),
  changedAt: time('changed_at').notNull().defaultNow(),
})

export const sessions = pgTable(
  'sessions',
  {
    userId: userId(),
    /** Names the session in the list of devices. */
    id: uuid('id').notNull(),
    /** SHA-256 of the cookie. */
    sidHash: bytea('sid_hash').notNull(),
    device: text('device').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    lastSeenAt: time('last_seen_at').notNull().defaultNow(),
    idleExpiresAt: time('idle_expires_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.id] }), uniqueIndex('sessions_sid_hash').on(t.sidHash)],
)

/** Links that prove something once: to reset a password, to verify an address, to change it. Named for the first. */
export const accountTokens = pgTable(
  'reset_tokens',
  {
    userId: userId(),
    /** SHA-256, of purpose and token together: a link of one purpose is no link of another. */
    tokenHash: bytea('token_hash').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Spent, or ended by something that happened since. */
    usedAt: time('used_at'),
    purpose: text('purpose', { enum: ['reset', 'verify', 'change'] })
      .notNull()
      .default('reset'),
    /** The address that it was mailed to; null for a link that the operator gave. */
    email: text('email'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.tokenHash] }),
    uniqueIndex('reset_tokens_hash').on(t.tokenHash),
    index('reset_tokens_by_email').on(t.email, t.createdAt),
    check('reset_tokens_purpose', sql`${t.purpose} in ('reset', 'verify', 'change')`),
  ],
)

/** Accounts elsewhere that sign this person in. The key is provider and subject; the address decides nothing. */
export const linkedAccounts = pgTable(
  'linked_accounts',
  {
    userId: userId(),
    provider: text('provider', { enum: ['google', 'oidc', 'github'] }).notNull(),
    subject: text('subject').notNull(),
    /** What the provider said when it was linked, to recognise it by. */
    email: text('email'),
    linkedAt: time('linked_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.provider] }),
    uniqueIndex('linked_accounts_subject').on(t.provider, t.subject),
    check('linked_accounts_provider', sql`${t.provider} in ('google', 'oidc', 'github')`),
  ],
)

/** What happened to an account in the last year, append-only: the log that its person reads in the settings. */
export const accountEvents = pgTable(
  'account_events',
  {
    userId: userId(),
    id: uuid('id').notNull(),
    what: text('what').notNull(),
    /** "Firefox on Linux"; null for the operator's hand. */
    device: text('device'),
    /** Names the network of origin without holding its address. */
    origin: text('origin'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.id] }),
    index('account_events_by_time').on(t.userId, t.createdAt),
    // Rows come in the order of time: to find the oldest of all people a page or two is enough.
    index('account_events_age').using('brin', t.createdAt),
  ],
)

/** What happened to nobody who has an account: wrong passwords for unknown addresses, accounts that are gone. Names no one. */
export const houseEvents = pgTable(
  'house_events',
  {
    id: uuid('id').primaryKey(),
    what: text('what').notNull(),
    device: text('device'),
    origin: text('origin'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [index('house_events_age').using('brin', t.createdAt)],
)

/** Token buckets. Unlogged (see the migration): after a crash everybody starts with a full one. */
export const rateLimits = pgTable('rate_limits', {
  bucket: text('bucket').primaryKey(),
  tokens: doublePrecision('tokens').notNull(),
  updatedAt: time('updated_at').notNull(),
})

/** Consecutive wrong passwords for an address, whether an account has it or not; 100 lock until the operator's link. */
export const signInFailures = pgTable('sign_in_failures', {
  /** SHA-256 of the address: the table tells nobody which addresses were tried. */
  emailHash: bytea('email_hash').primaryKey(),
  failures: integer('failures').notNull(),
  /** The newest tries, newest first: at most as many as the window allows. */
  recent: timestamp('recent', { withTimezone: true }).array().notNull().default(sql`'{}'`),
  lastAt: time('last_at').notNull(),
})

/** Append-only. The id is the client's and makes a repeat harmless. */
export const attempts = pgTable(
  'attempts',
  {
    userId: userId(),
    id: uuid('id').notNull(),
    /** `course/lesson/block`. */
    block: text('block').notNull(),
    version: integer('version').notNull(),
    kind: text('kind').notNull(),
    /** A learner's program ran: its verdict comes from the page's observation until a verifier ran it again. */
    program: boolean('program').notNull(),
    graded: boolean('graded').notNull(),
    response: jsonb('response').notNull(),
    hints: integer('hints').notNull(),
    timeZone: text('time_zone').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.id] }),
    index('attempts_by_block').on(t.userId, t.block, t.createdAt),
    index('attempts_by_time').on(t.userId, t.createdAt),
  ],
)

/** Append-only: the newest verdict of an attempt counts. */
export const verdicts = pgTable(
  'verdicts',
  {
    userId: uuid('user_id').notNull(),
    attemptId: uuid('attempt_id').notNull(),
    id: uuid('id').notNull(),
    version: integer('version').notNull(),
    passed: boolean('passed').notNull(),
    checked: text('checked', { enum: ['server', 'self', 'verifier'] }).notNull(),
    feedback: jsonb('feedback').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.attemptId, t.id] }),
    foreignKey({ columns: [t.userId, t.attemptId], foreignColumns: [attempts.userId, attempts.id] }).onDelete(
      'cascade',
    ),
    check('verdicts_checked', sql`${t.checked} in ('server', 'self', 'verifier')`),
  ],
)

/** What a learner says about a block: that a right answer of theirs was refused, or anything else. */
export const reports = pgTable(
  'reports',
  {
    userId: userId(),
    /** The client's: it makes a repeat harmless. */
    id: uuid('id').notNull(),
    block: text('block').notNull(),
    version: integer('version').notNull(),
    kind: text('kind', { enum: ['refused', 'problem'] }).notNull(),
    /** The answer that it is about. */
    attemptId: uuid('attempt_id'),
    words: text('words').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Set by the operator. */
    closedAt: time('closed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.id] }),
    foreignKey({ columns: [t.userId, t.attemptId], foreignColumns: [attempts.userId, attempts.id] }).onDelete(
      'cascade',
    ),
    index('reports_by_time').on(t.createdAt),
    check('reports_kind', sql`${t.kind} in ('refused', 'problem')`),
    check('reports_refused_answer', sql`${t.kind} = 'problem' or ${t.attemptId} is not null`),
    check('reports_words', sql`char_length(${t.words}) <= 2000`),
  ],
)

export const drafts = pgTable(
  'drafts',
  {
    userId: userId(),
    block: text('block').notNull(),
    revision: integer('revision').notNull(),
    state: jsonb('state').notNull(),
    device: text('device').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.block] })],
)

/** Drafts that another device's writing came before. Kept, at most twenty a block. */
export const draftVersions = pgTable(
  'draft_versions',
  {
    userId: userId(),
    block: text('block').notNull(),
    id: uuid('id').notNull(),
    base: integer('base').notNull(),
    state: jsonb('state').notNull(),
    device: text('device').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.block, t.id] })],
)

/** Derived from attempts and verdicts. */
export const blockProgress = pgTable(
  'block_progress',
  {
    userId: userId(),
    block: text('block').notNull(),
    graded: boolean('graded').notNull(),
    state: text('state', { enum: ['tried', 'passed'] }).notNull(),
    /** Of the pass that stands, or of the newest try. */
    version: integer('version').notNull(),
    checked: text('checked', { enum: ['server', 'self', 'verifier'] }).notNull(),
    attempts: integer('attempts').notNull(),
    passedAt: time('passed_at'),
    lastAt: time('last_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.block] }),
    check('block_progress_state', sql`${t.state} in ('tried', 'passed')`),
  ],
)

/** Derived: the lessons that somebody has worked in, and since when all graded blocks of one have passed. */
export const lessonProgress = pgTable(
  'lesson_progress',
  {
    userId: userId(),
    course: text('course').notNull(),
    lesson: text('lesson').notNull(),
    startedAt: time('started_at').notNull(),
    lastAt: time('last_at').notNull(),
    completedAt: time('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.course, t.lesson] })],
)

/** Derived: minutes of a day in the time zone that its attempts were made in. */
export const activityDays = pgTable(
  'activity_days',
  {
    userId: userId(),
    day: date('day').notNull(),
    minutes: integer('minutes').notNull(),
    attempts: integer('attempts').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.day] })],
)
