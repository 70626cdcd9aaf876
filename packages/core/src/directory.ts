import { contains, isUniqueViolation, lockForUpdate, lockTable } from '@spends/db'
import { z } from 'zod'
import { toInstant } from './calendar.ts'
import { type Context, inTransaction, newId } from './context.ts'
import { AppError, type FieldError, invalid, notFound } from './errors.ts'
import { Id, OptionalHttpUrl, OutId, OutInstant, page, ReadOnly, requiredText, Search } from './fields.ts'
import { findReadOnlyProblems } from './read-only.ts'
import { raiseRevision } from './revision.ts'
import { countStatisticsBy } from './statistics/read.ts'
import { foldCase, searchKey, sortKey } from './text.ts'
import { validPart } from './valid-part.ts'

/*
 * Retailers and brands are the same kind of thing: a list of names that purchases point at. What they do stands here
 * once; retailers.ts and brands.ts say which of the two.
 */

/** The fields of a retailer or brand as reading gives them. */
export const entryShape = {
  id: OutId,
  name: z.string(),
  url: z.string().nullable().meta({ format: 'uri' }),
  created_at: OutInstant,
  updated_at: OutInstant,
}
type Entry = z.infer<z.ZodObject<typeof entryShape>>

const Name = requiredText(255)

export const newEntryShape = { name: Name, url: OptionalHttpUrl }
type NewEntry = z.output<z.ZodObject<typeof newEntryShape>>

export const entryChangesShape = {
  id: Id,
  name: Name.optional(),
  url: OptionalHttpUrl,
  created_at: ReadOnly,
  updated_at: ReadOnly,
  purchase_count: ReadOnly,
}
type EntryChanges = z.output<z.ZodObject<typeof entryChangesShape>>

/** All of them at once unless `limit` is given. */
export const EntryFilter = z.strictObject({
  skip: page.skip,
  limit: z.int().min(1).max(100).optional().meta({ description: 'Without it the list is whole.' }),
  search: Search.optional(),
})
export type EntryFilter = z.input<typeof EntryFilter>

export const EntryById = z.strictObject({ id: Id })
export const EntryRemoval = z.strictObject({
  id: Id,
  reassign_to: Id.optional().meta({
    description: 'Moves the purchases there first; without it, one in use is not deleted.',
  }),
})

/** The envelope of a list that may be whole: then `limit` is null. */
export function wholeListOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: z.int(), skip: z.int(), limit: z.int().nullable() })
}

/** Purchases move to another retailer or brand; given from outside, because purchases know how they are written. */
type Reassign = (tx: Context, from: string, to: string) => Promise<void>

/**
 * The verbs of one directory.
 * @param table where it stands
 * @param word what one entry is called in messages
 */
export function directory(table: 'retailers' | 'brands', word: 'retailer' | 'brand', reassign: Reassign) {
  // Both tables have the same columns; the query builder is told the name of one of them.
  const entries = table as 'retailers'
  const purchaseColumn = `${word}_id` as 'retailer_id'
  const columns = ['id', 'name', 'url', 'created_at', 'updated_at'] as const

  async function find(ctx: Context, id: string): Promise<Entry> {
    const entry = await ctx.db.selectFrom(entries).select(columns).where('id', '=', id).executeTakeFirst()
    if (!entry) throw notFound(word)
    return entry
  }

  function countPurchases(ctx: Context, id: string) {
    return ctx.db
      .selectFrom('purchases')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where(purchaseColumn, '=', id)
      .executeTakeFirstOrThrow()
  }

  /** The name is the only unique thing here, so a violation says the name is taken. */
  async function refuseTakenName<T>(name: string, write: Promise<T>): Promise<T> {
    try {
      return await write
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('CONFLICT', `There is already a ${word} named "${name}".`)
      throw error
    }
  }

  return {
    async list(ctx: Context, filter: z.output<typeof EntryFilter>) {
      const matching = ctx.db
        .selectFrom(entries)
        .$if(Boolean(filter.search), (query) => query.where(contains('search_text', searchKey(filter.search ?? ''))))
      const [entriesOfPage, { total }, counts] = await Promise.all([
        matching
          .select(columns)
          .orderBy('sort_key')
          .orderBy('id')
          .offset(filter.skip)
          .limit(filter.limit ?? Number.MAX_SAFE_INTEGER)
          .execute(),
        matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
        countStatisticsBy(ctx, 'key', { kind: word }),
      ])
      const items = entriesOfPage.map((entry) => ({ ...entry, purchase_count: counts.get(entry.id) ?? 0 }))
      return { items, total, skip: filter.skip, limit: filter.limit ?? null }
    },

    get: (ctx: Context, input: { id: string }) => find(ctx, input.id),

    async create(ctx: Context, input: NewEntry): Promise<Entry> {
      return inTransaction(ctx, async (tx) => {
        const now = toInstant(tx.now())
        const entry = { id: newId(), name: input.name, url: input.url ?? null, created_at: now, updated_at: now }
        const insert = tx.db.insertInto(entries).values({ ...entry, ...keysOf(entry.name) })
        await refuseTakenName(entry.name, insert.execute())
        await raiseRevision(tx)
        return entry
      })
    },

    async update(ctx: Context, input: EntryChanges): Promise<Entry> {
      return inTransaction(ctx, async (tx) => {
        const query = tx.db.selectFrom(entries).select(columns).where('id', '=', input.id)
        const stored = await lockForUpdate(tx.db, query).executeTakeFirst()
        if (!stored) throw notFound(word)
        const problems = await findChangeProblems(tx, stored, input)
        if (problems.length > 0) throw invalid(problems)

        const name = input.name ?? stored.name
        const url = input.url === undefined ? stored.url : input.url
        if (name === stored.name && url === stored.url) return stored
        const changed = { name, url, updated_at: toInstant(tx.now()) }
        const update = tx.db
          .updateTable(entries)
          .set({ ...changed, ...keysOf(name) })
          .where('id', '=', input.id)
        await refuseTakenName(name, update.execute())
        await raiseRevision(tx)
        return { ...stored, ...changed }
      })
    },

    async remove(ctx: Context, input: { id: string; reassign_to?: string | undefined }): Promise<void> {
      await inTransaction(ctx, async (tx) => {
        // Two that hand over to each other would wait for each other for ever: one hand-over at a time.
        if (input.reassign_to !== undefined) await lockTable(tx.db, entries)
        const query = tx.db.selectFrom(entries).select('id').where('id', '=', input.id)
        if (!(await lockForUpdate(tx.db, query).executeTakeFirst())) throw notFound(word)
        if (input.reassign_to !== undefined) {
          const problems = await findTargetProblems(tx, input.id, input.reassign_to)
          if (problems.length > 0) throw invalid(problems)
          await reassign(tx, input.id, input.reassign_to)
        }
        const { count } = await countPurchases(tx, input.id)
        if (count > 0) {
          const used = count === 1 ? '1 purchase uses' : `${count} purchases use`
          throw new AppError(
            'CONFLICT',
            `${used} this ${word}. Name another one in reassign_to to move them there first.`,
          )
        }
        await tx.db.deleteFrom(entries).where('id', '=', input.id).execute()
        await raiseRevision(tx)
      })
    },

    /** The rules of `update` on an input whose shape is wrong, for the fields that are right on their own. */
    async checkChanges(ctx: Context, raw: unknown): Promise<FieldError[]> {
      const changes = validPart(z.strictObject(entryChangesShape), raw)
      return changes.id === undefined ? [] : findChangeProblems(ctx, await find(ctx, changes.id), changes)
    },

    /** The rules of `remove` on an input whose shape is wrong, for the fields that are right on their own. */
    async checkRemoval(ctx: Context, raw: unknown): Promise<FieldError[]> {
      const { id, reassign_to } = validPart(EntryRemoval, raw)
      if (id === undefined) return []
      await find(ctx, id)
      return reassign_to === undefined ? [] : findTargetProblems(ctx, id, reassign_to)
    },
  }

  async function findChangeProblems(
    ctx: Context,
    stored: Entry,
    changes: Partial<EntryChanges>,
  ): Promise<FieldError[]> {
    const { count } = await countPurchases(ctx, stored.id)
    const shown = { ...stored, purchase_count: count }
    return findReadOnlyProblems(changes, shown, ['created_at', 'updated_at', 'purchase_count'])
  }

  async function findTargetProblems(ctx: Context, id: string, target: string): Promise<FieldError[]> {
    if (target === id) return [{ path: 'reassign_to', message: `must be another ${word}` }]
    const found = await ctx.db.selectFrom(entries).select('id').where('id', '=', target).executeTakeFirst()
    return found ? [] : [{ path: 'reassign_to', message: `leads to no ${word}` }]
  }
}

/** The columns that follow from a name. */
export function keysOf(name: string) {
  return { name_key: foldCase(name), sort_key: sortKey(name), search_text: searchKey(name) }
}
