import { isOneOf, type JobChangesTable, lockForUpdate, type RetailersTable } from '@spends/db'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { keysOf } from '../directory.ts'
import { AppError, type FieldError } from '../errors.ts'
import { keepResult } from '../jobs/claim.ts'
import type { JobHandler, JobRun } from '../jobs/handler.ts'
import { lockPurchases, type PurchaseRecord } from '../purchases/record.ts'
import { type PurchaseChange, storePurchases } from '../purchases/store.ts'
import { raiseRevision } from '../revision.ts'
import { getSettings, updateSettings } from '../settings.ts'
import { foldCase } from '../text.ts'
import { entryStamp, REMOVED, readAttachmentIds, stampAfter, stampOf } from './changes.ts'
import type { ImportReport } from './options.ts'
import { Pace } from './pace.ts'

/** Things that are named one by one in an answer. */
const NAMED = 1000
const PAGE = 500

const Kept = z.object({
  entity: z.enum(['purchase', 'retailer', 'brand', 'settings']),
  id: z.string(),
  name: z.string(),
  reason: z.string(),
})
type Kept = z.infer<typeof Kept>

/** What taking an import back did. */
export const ImportUndo = z
  .object({
    job_id: z.string().meta({ format: 'uuid', description: 'The job of the import.' }),
    purchases_removed: z.int(),
    purchases_restored: z.int(),
    retailers_removed: z.int(),
    brands_removed: z.int(),
    kept: z.array(Kept).meta({
      description: 'What stays although the import made it, such as a retailer that other purchases use by now.',
    }),
  })
  .meta({ id: 'ImportUndo' })
export type ImportUndo = z.infer<typeof ImportUndo>

const UndoParams = z.object({ job_id: z.string() })

/** Takes a finished import back. Once begun it is carried through, also after a crash. */
export const undoImportHandler: JobHandler = {
  async run(job) {
    const { job_id } = UndoParams.parse(job.params)
    const touched = await findTouched(job, job_id)
    if (touched.length > 0) throw refusal(touched)
    await job.inTransaction((tx) => markUndone(tx, job_id))
    return takeBack(job, job_id)
  },

  async cleanUp(job) {
    const { job_id } = UndoParams.parse(job.params)
    if (!(await readReport(job, job_id))?.undone_at) return
    // It has a result: what was asked for is done, whatever came between.
    await keepResult(job, job.id, await takeBack(job, job_id))
  },
}

/** @throws AppError NOT_FOUND; CONFLICT where there is nothing to take back, with the reason */
export async function checkUndo(ctx: Context, jobId: string): Promise<void> {
  const report = await readReport(ctx, jobId)
  if (report === undefined) throw new AppError('NOT_FOUND', 'There is no such import.')
  if (report === null) throw new AppError('CONFLICT', 'Only an import that has succeeded can be undone.')
  if (report.dry_run) throw new AppError('CONFLICT', 'This was a dry run: there is nothing to undo.')
  if (report.undone_at) throw new AppError('CONFLICT', 'This import was undone already.')
  const isLogged = ctx.db.selectFrom('job_changes').select('job_id').where('job_id', '=', jobId).limit(1)
  if (!changedNothing(report) && !(await isLogged.executeTakeFirst())) {
    throw new AppError(
      'CONFLICT',
      'A backup was restored since this import, so nobody knows any more what it had changed. Restoring the restore point brings the data of before back.',
    )
  }
}

/** The report of an import; null where it has none yet, undefined where there is no such import. */
async function readReport(ctx: Context, jobId: string): Promise<ImportReport | null | undefined> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['status', 'result'])
    .where('id', '=', jobId)
    .where('kind', '=', 'IMPORT')
    .executeTakeFirst()
  if (!job) return undefined
  return job.status === 'SUCCEEDED' && job.result !== null ? JSON.parse(job.result) : null
}

function changedNothing({ created, updated, retailers_created, brands_created }: ImportReport): boolean {
  return created + updated + retailers_created + brands_created === 0
}

async function markUndone(tx: Context, jobId: string): Promise<void> {
  // Of two at once, the second one waits here and finds it undone.
  await lockForUpdate(tx.db, tx.db.selectFrom('jobs').select('id').where('id', '=', jobId)).execute()
  await checkUndo(tx, jobId)
  const report = await readReport(tx, jobId)
  const result = JSON.stringify({ ...report, undone_at: toInstant(tx.now()) })
  await tx.db.updateTable('jobs').set({ result }).where('id', '=', jobId).execute()
}

function refusal(touched: readonly Kept[]): AppError {
  const names = touched.slice(0, 3).map(({ name }) => `"${name}"`)
  const more = touched.length > names.length ? ` and ${touched.length - names.length} more` : ''
  const errors = touched.map(({ entity, id, name, reason }): FieldError => {
    return { path: `${entity}.${id}`, message: `"${name}" ${reason}` }
  })
  return new AppError('CONFLICT', `Changed since the import: ${names.join(', ')}${more}. Nothing was undone.`, errors)
}

type Change = Pick<JobChangesTable, 'entity' | 'entity_id' | 'before' | 'stamp'>

/** Everything of an import that somebody has touched since, by name; the first thousand. */
async function findTouched(job: JobRun, jobId: string): Promise<Kept[]> {
  const touched: Kept[] = []
  for (const entity of ['purchase', 'retailer', 'brand', 'settings'] as const) {
    for (let last = ''; touched.length < NAMED; ) {
      const page = await readChanges(job, jobId, entity, last, PAGE)
      const [end] = page.slice(-1)
      if (!end) break
      last = end.entity_id
      const { kept } = await split(job, entity, page)
      // One that is merely in use stays, and says so afterwards.
      touched.push(...kept.filter(({ reason }) => reason !== IN_USE))
      await job.progress('checking', 0)
    }
  }
  return touched.slice(0, NAMED)
}

/**
 * Takes back what a job has changed and is still in its log: what it made goes, what it changed is as before. What
 * somebody has touched since stays as they left it.
 */
export async function takeBack(job: JobRun, jobId: string): Promise<ImportUndo> {
  const undo: ImportUndo = {
    job_id: jobId,
    purchases_removed: 0,
    purchases_restored: 0,
    retailers_removed: 0,
    brands_removed: 0,
    kept: [],
  }
  const { total } = await job.db
    .selectFrom('job_changes')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('job_id', '=', jobId)
    .executeTakeFirstOrThrow()
  let done = 0
  const pace = new Pace(() => job.isContended())
  // Purchases go before what they point at.
  for (const entity of ['purchase', 'settings', 'retailer', 'brand'] as const) {
    for (let isDone = false; !isDone; ) {
      await job.progress('undo', done, total)
      await pace.time(pace.size, async () => {
        const { changes, kept, removed, restored } = await job.inTransaction(async (tx) => {
          const changes = await readChanges(tx, jobId, entity, '', pace.size)
          const result = await takeBackPage(tx, jobId, entity, changes)
          await forget(tx, jobId, entity, changes)
          return { changes, ...result }
        })
        isDone = changes.length === 0
        done += changes.length
        undo.kept.push(...kept.slice(0, NAMED - undo.kept.length))
        if (entity === 'purchase') {
          undo.purchases_removed += removed
          undo.purchases_restored += restored
        }
        if (entity === 'retailer') undo.retailers_removed += removed
        if (entity === 'brand') undo.brands_removed += removed
      })
    }
  }
  return undo
}

function readChanges(ctx: Context, jobId: string, entity: Change['entity'], after: string, limit: number) {
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

async function forget(tx: Context, jobId: string, entity: Change['entity'], changes: readonly Change[]) {
  const last = changes.at(-1)?.entity_id
  if (last === undefined) return
  await tx.db
    .deleteFrom('job_changes')
    .where('job_id', '=', jobId)
    .where('entity', '=', entity)
    .where('entity_id', '<=', last)
    .execute()
}

const TOUCHED = 'was changed since'
const GONE = 'was deleted since'
const ORPHANED = 'had a retailer or brand that was deleted since'
const IN_USE = 'is used by other purchases'

interface Split {
  /** What can be taken back; `current` is null where the job removed it or somebody deleted what it made. */
  open: { change: Change; current: unknown }[]
  kept: Kept[]
}

/** Tells what can be taken back from what somebody has touched since. */
async function split(ctx: Context, entity: Change['entity'], changes: readonly Change[]): Promise<Split> {
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

/** Of purchases that were changed: those whose retailer or brand of before is gone. */
async function findOrphans(ctx: Context, changes: readonly Change[]): Promise<ReadonlySet<string>> {
  const rows = changes.flatMap(({ before }) => (before === null ? [] : [(JSON.parse(before) as PurchaseRecord).row]))
  const orphans = new Set<string>()
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
    for (const row of rows) if (idIn(row) !== null && !known.has(idIn(row) ?? '')) orphans.add(row.id)
  }
  return orphans
}

function splitBy(changes: readonly Change[], states: States, orphans: ReadonlySet<string> = new Set()): Split {
  const result: Split = { open: [], kept: [] }
  for (const change of changes) {
    const { entity, entity_id: id, before, stamp } = change
    const state = states.get(id)
    const keep = (name: string, reason: string) => result.kept.push({ entity, id, name, reason })
    if (!state) {
      // What the job made or removed is as gone as it should be.
      if (before === null || stamp === REMOVED) result.open.push({ change, current: null })
      else keep(nameIn(before), GONE)
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

type Word = 'retailer' | 'brand'
type Entry = Pick<RetailersTable, 'id' | 'name' | 'url' | 'created_at' | 'updated_at'>

/** Both tables have the same columns; the query builder is told the name of one of them. */
function tableOf(word: Word) {
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

interface Taken {
  kept: Kept[]
  removed: number
  restored: number
}

async function takeBackPage(
  tx: Context,
  jobId: string,
  entity: Change['entity'],
  changes: readonly Change[],
): Promise<Taken> {
  if (changes.length === 0) return { kept: [], removed: 0, restored: 0 }
  const { open, kept } = await split(tx, entity, changes)
  const removed = open.filter(({ change, current }) => change.before === null && current !== null)
  const restored = open.filter(({ change }) => change.before !== null)
  if (entity === 'purchase') {
    const purchases = [...removed, ...restored].map(({ change: { before }, current }): PurchaseChange => {
      return { before: current as PurchaseRecord, after: before === null ? null : JSON.parse(before) }
    })
    await storePurchases(tx, purchases, toInstant(tx.now()))
    await carryStamps(tx, jobId, purchases)
  } else if (entity === 'settings') {
    for (const { change } of restored) await updateSettings(tx, JSON.parse(change.before ?? '{}'))
  } else {
    for (const { change } of removed) {
      await tx.db.deleteFrom(tableOf(entity)).where('id', '=', change.entity_id).execute()
    }
    for (const { change, current } of restored) {
      const before: Entry = JSON.parse(change.before ?? '{}')
      if (!(await restoreEntry(tx, entity, before, current !== null))) {
        kept.push({ entity, id: before.id, name: before.name, reason: 'has a name that another one has by now' })
      }
    }
    await raiseRevision(tx)
  }
  return { kept, removed: removed.length, restored: restored.length }
}

/**
 * A purchase that is as an earlier import left it has another version all the same: the log of that import learns it,
 * so that imports can be taken back one after the other.
 */
async function carryStamps(tx: Context, jobId: string, purchases: readonly PurchaseChange[]): Promise<void> {
  const restored = purchases.flatMap(({ before, after }) => (before && after ? [{ before, after }] : []))
  if (restored.length === 0) return
  const earlier = await tx.db
    .selectFrom('jobs')
    .select('id')
    .where('kind', '=', 'IMPORT')
    .where('id', '!=', jobId)
    .execute()
  if (earlier.length === 0) return
  const ids = earlier.map(({ id }) => id)
  const attachments = await readAttachmentIds(
    tx.db,
    restored.map(({ after }) => after.row.id),
  )
  for (const change of restored) {
    const { id } = change.after.row
    const held = attachments.get(id) ?? []
    await tx.db
      .updateTable('job_changes')
      .set({ stamp: stampAfter(change, held) })
      .where(isOneOf(tx.db, 'job_id', ids))
      .where('entity', '=', 'purchase')
      .where('entity_id', '=', id)
      .where('stamp', '=', stampOf(change.after, held))
      .execute()
  }
}

/** @returns false where its name is another one's by now */
async function restoreEntry(tx: Context, word: Word, entry: Entry, exists: boolean): Promise<boolean> {
  const { id, ...columns } = { ...entry, ...keysOf(entry.name) }
  const table = tableOf(word)
  const taken = await tx.db
    .selectFrom(table)
    .select('id')
    .where('name_key', '=', foldCase(entry.name))
    .where('id', '!=', id)
    .executeTakeFirst()
  if (taken) return false
  if (exists) await tx.db.updateTable(table).set(columns).where('id', '=', id).execute()
  else
    await tx.db
      .insertInto(table)
      .values({ id, ...columns })
      .execute()
  return true
}
