import { and, desc, eq, notInArray, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'
import { drafts, draftVersions } from '../schema'
import { storable } from '../storable'

export type Draft = { revision: number; state: unknown; device: string; updatedAt: Date }
export type SavedDraft =
  | { conflict: false; revision: number }
  | { conflict: true; current: Draft; yours: Draft }

const KEPT_VERSIONS = 20

const columns = {
  revision: drafts.revision,
  state: drafts.state,
  device: drafts.device,
  updatedAt: drafts.updatedAt,
}

/**
 * Writes a draft on the revision it was made on. When another device wrote since, this one is kept as an earlier version
 * and both are given back; nothing is overwritten.
 */
export async function saveDraft(
  userId: string,
  {
    block,
    base,
    state: written,
    device = '',
  }: { block: string; base: number; state: unknown; device?: string },
): Promise<SavedDraft> {
  const state = storable(written)
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const next = { state, device, updatedAt: sql`clock_timestamp()` }
      const [saved] =
        base === 0
          ? await tx
              .insert(drafts)
              .values({ userId, block, revision: 1, ...next })
              .onConflictDoNothing()
              .returning({ revision: drafts.revision })
          : await tx
              .update(drafts)
              .set({ ...next, revision: sql`${drafts.revision} + 1` })
              .where(and(eq(drafts.userId, userId), eq(drafts.block, block), eq(drafts.revision, base)))
              .returning({ revision: drafts.revision })
      if (saved) return { conflict: false, revision: saved.revision }
      const find = async () => {
        const [found] = await tx
          .select({ ...columns, isSame: sql<boolean>`${drafts.state} = ${JSON.stringify(state)}::jsonb` })
          .from(drafts)
          .where(and(eq(drafts.userId, userId), eq(drafts.block, block)))
        return found
      }
      let current = await find()
      if (!current) {
        // A base of a draft that is not here (the data was restored from a back-up): this is the newest there is.
        const revision = base + 1
        const made = await tx
          .insert(drafts)
          .values({ userId, block, revision, ...next })
          .onConflictDoNothing()
          .returning({ revision: drafts.revision })
        if (made.length > 0) return { conflict: false, revision }
        current = await find()
      }
      if (!current) throw new Error('a draft went away while it was written')
      // What is written is what is there: the same save again, whose answer was lost on the way.
      if (current.isSame) return { conflict: false, revision: current.revision }
      const kept =
        (await findVersion(tx, { userId, block, base, state })) ??
        (
          await tx
            .insert(draftVersions)
            .values({ userId, block, id: uuidv7(), base, state, device })
            .returning({ createdAt: draftVersions.createdAt })
        )[0]
      const newest = tx
        .select({ id: draftVersions.id })
        .from(draftVersions)
        .where(and(eq(draftVersions.userId, userId), eq(draftVersions.block, block)))
        .orderBy(desc(draftVersions.id))
        .limit(KEPT_VERSIONS)
      await tx
        .delete(draftVersions)
        .where(
          and(
            eq(draftVersions.userId, userId),
            eq(draftVersions.block, block),
            notInArray(draftVersions.id, newest),
          ),
        )
      return {
        conflict: true,
        current: toDraft(current),
        yours: { revision: base, state, device, updatedAt: kept?.createdAt ?? new Date() },
      }
    }),
  )
}

/** The same late save, which is asked again until somebody has chosen: one version, or the older ones would be pushed out. */
async function findVersion(
  tx: Transaction,
  { userId, block, base, state }: { userId: string; block: string; base: number; state: unknown },
) {
  const [found] = await tx
    .select({ createdAt: draftVersions.createdAt })
    .from(draftVersions)
    .where(
      and(
        eq(draftVersions.userId, userId),
        eq(draftVersions.block, block),
        eq(draftVersions.base, base),
        sql`${draftVersions.state} = ${JSON.stringify(state)}::jsonb`,
      ),
    )
    .limit(1)
  return found
}

const toDraft = ({ revision, state, device, updatedAt }: Draft): Draft => ({
  revision,
  state,
  device,
  updatedAt,
})

export async function getDraft(userId: string, block: string): Promise<Draft | null> {
  return withDatabase(async (db) => {
    const [found] = await db
      .select(columns)
      .from(drafts)
      .where(and(eq(drafts.userId, userId), eq(drafts.block, block)))
    return found ?? null
  })
}

/** What a block's draft was on devices that lost the race, newest first. */
export async function listDraftVersions(userId: string, block: string) {
  return withDatabase((db) =>
    db
      .select({
        id: draftVersions.id,
        base: draftVersions.base,
        state: draftVersions.state,
        device: draftVersions.device,
        createdAt: draftVersions.createdAt,
      })
      .from(draftVersions)
      .where(and(eq(draftVersions.userId, userId), eq(draftVersions.block, block)))
      .orderBy(desc(draftVersions.id)),
  )
}
