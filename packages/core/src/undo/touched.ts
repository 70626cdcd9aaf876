import { isOneOf, type JobChangesTable, type RetailersTable } from '@spends/db'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { getSettings } from '../settings.ts'
import { entryStamp, REMOVED, readAttachmentIds, stampOf } from './changes.ts'

/** Something of a job that is not taken back, or not quite, and why. */
export const Kept = z.object({
  entity: z.enum(['purchase', 'retailer', 'brand', 'settings']),
  id: z.string(),
  name: z.string(),
  reason: z.string(),
})
export type Kept = z.infer<typeof Kept>

export type Change = Pick<JobChangesTable, 'entity' | 'entity_id' | 'before' | 'stamp'>

/** A page of what a job has changed, by id. @param after the last id of the page before; empty for the first */
export function readChanges(ctx: Context, jobId: string, entity: Change['entity'], after: string, limit: number) {
  return ctx.db
    .selectFrom('job_changes')
    .select(['entity', 'entity_id', 'before', 'stamp'])
    .where('job_id', '=', jobId)
    .where('entity', '=', entity)
    .$if(after !== '', (query) => query.where('entity_id', '>', after))
    .orderBy('entity_id')
    .limit(limit)
    .execute()
}

const TOUCHED = 'was changed since'
const GONE = 'was deleted since'
const ORPHANED = 'had a retailer or brand that was deleted since'
/** It stays, but that is no reason to refuse an undo. */
export const IN_USE = 'is used by other purchases'
/** Better than not at all, so no reason to refuse either. */
export const COMES_WITHOUT = 'came back without its retailer or brand, which was deleted since'

export interface Split {
  /**
   * What can be taken back; `current` is null where the job removed it or somebody deleted what it made, `missing` are
   * the retailers and brands that a removed purchase has to come back without.
   */
  open: { change: Change; current: unknown; missing?: ReadonlySet<string> }[]
  kept: Kept[]
}

/** Tells what can be taken back from what somebody has touched since. */
export async function split(ctx: Context, entity: Change['entity'], changes: readonly Change[]): Promise<Split> {
  const ids = changes.map(({ entity_id }) => entity_id)
  if (entity === 'purchase') return splitBy(changes, await readPurchases(ctx, ids), await findOrphans(ctx, changes))
  if (entity === 'settings') {
    const current = await getSettings(ctx)
    return splitBy(
      changes,
      new Map(ids.map((id) => [id, { current, stamp: JSON.stringify(current), name: 'Settings' }])),
    )
  }
  return splitBy(changes, await readEntries(ctx, entity, ids))
}

type States = ReadonlyMap<string, { current: unknown; stamp: string; name: string; reason?: string | undefined }>

/** Purchase id -> the retailer and brand of before, as far as they are gone; none of them gone: not in the map. */
async function findOrphans(ctx: Context, changes: readonly Change[]): Promise<Orphans> {
  const rows = changes.flatMap(({ before }) => (before === null ? [] : [(JSON.parse(before) as PurchaseRecord).row]))
  const orphans = new Map<string, Set<string>>()
  for (const word of ['retailer', 'brand'] as const) {
    const idIn = (row: PurchaseRecord['row']) => row[`${word}_id` as const]
    const ids = [...new Set(rows.flatMap((row) => idIn(row) ?? []))]
    if (ids.length === 0) continue
    const found = await ctx.db
      .selectFrom(tableOf(word))
      .select('id')
      .where(isOneOf(ctx.db, 'id', ids))
      .execute()
    const known = new Set(found.map(({ id }) => id))
    for (const row of rows) {
      const id = idIn(row)
      if (id === null || known.has(id)) continue
      orphans.set(row.id, (orphans.get(row.id) ?? new Set()).add(id))
    }
  }
  return orphans
}

type Orphans = ReadonlyMap<string, ReadonlySet<string>>

function splitBy(changes: readonly Change[], states: States, orphans: Orphans = new Map()): Split {
  const result: Split = { open: [], kept: [] }
  for (const change of changes) {
    const { entity, entity_id: id, before, stamp } = change
    const state = states.get(id)
    const keep = (name: string, reason: string) => result.kept.push({ entity, id, name, reason })
    if (!state) {
      // What the job made or removed is as gone as it should be.
      if (before !== null && stamp !== REMOVED) keep(nameIn(before), GONE)
      else {
        const missing = orphans.get(id)
        if (missing && before !== null) keep(nameIn(before), COMES_WITHOUT)
        result.open.push({ change, current: null, ...(missing ? { missing } : {}) })
      }
    } else if (state.stamp !== stamp) keep(state.name, TOUCHED)
    else if (orphans.has(id)) keep(state.name, ORPHANED)
    else if (before === null && state.reason) keep(state.name, state.reason)
    else result.open.push({ change, current: state.current })
  }
  return result
}

function nameIn(before: string): string {
  const { row, name } = JSON.parse(before)
  return row?.product_name ?? name ?? 'Settings'
}

async function readPurchases(ctx: Context, ids: readonly string[]): Promise<States> {
  const records = await lockPurchases(ctx.db, ids)
  if (records.length === 0) return new Map()
  const attachments = await readAttachmentIds(ctx.db, ids)
  return new Map(
    records.map((current) => {
      const { id, product_name } = current.row
      return [id, { current, stamp: stampOf(current, attachments.get(id) ?? []), name: product_name }]
    }),
  )
}

export type Word = 'retailer' | 'brand'
export type Entry = Pick<RetailersTable, 'id' | 'name' | 'url' | 'created_at' | 'updated_at'>

/** Both tables have the same columns; the query builder is told the name of one of them. */
export function tableOf(word: Word) {
  return (word === 'retailer' ? 'retailers' : 'brands') as 'retailers'
}

async function readEntries(ctx: Context, word: Word, ids: readonly string[]): Promise<States> {
  const column = `${word}_id` as 'retailer_id'
  const rows = await ctx.db
    .selectFrom(tableOf(word))
    .select(['id', 'name', 'url', 'created_at', 'updated_at'])
    .where(isOneOf(ctx.db, 'id', ids))
    .execute()
  return new Map(
    await Promise.all(
      rows.map(async (current) => {
        const use = ctx.db.selectFrom('purchases').select('id').where(column, '=', current.id).limit(1)
        const reason = (await use.executeTakeFirst()) ? IN_USE : undefined
        return [current.id, { current, stamp: entryStamp(current), name: current.name, reason }] as const
      }),
    ),
  )
}
