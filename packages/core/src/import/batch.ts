import { isDeepStrictEqual } from 'node:util'
import { isOneOf } from '@spends/db'
import { type Context, newId } from '../context.ts'
import type { BlobStore } from '../files.ts'
import type { Moment } from '../moment.ts'
import { type PurchaseChange, storePurchases } from '../purchases/store.ts'
import { type LoggedChange, logChanges, readAttachmentIds, stampAfter } from '../undo/changes.ts'
import type { CheckedPurchase } from './check.ts'
import { findStored, type Resolved, type Stored, toChangedRecord, toNewRecord } from './classify.ts'
import { type EntryRun, referenceKey, resolveReferences } from './entries.ts'
import type { CellError } from './item.ts'
import type { ImportOptions } from './options.ts'
import type { Findings } from './report.ts'
import type { TextSet } from './text-set.ts'

/** What the batches of one import have in common. */
export interface BatchRun extends EntryRun {
  /** Ids of stored purchases that earlier rows are: two rows that are alike are two purchases. */
  taken: TextSet
  /** Ids that rows of the file have: a purchase with one of them is that row, and no other that is like it. */
  named: TextSet
  options: ImportOptions
  moment: Moment
  files: BlobStore
}

/** A row of the file: a purchase that is right in itself, or what is wrong with it. */
export type CheckedRow = { row: number } & (
  | { purchase: CheckedPurchase; isExhausted: boolean }
  | { errors: readonly CellError[] }
)

/** Purchases to write, with what belongs to them. */
interface Writing {
  changes: PurchaseChange[]
  created: Map<string, CheckedPurchase>
}

/** Recognises and writes some rows of a file, in one transaction. What it finds goes to `findings`. */
export async function importRows(
  tx: Context,
  run: BatchRun,
  rows: readonly CheckedRow[],
  findings: Findings,
): Promise<void> {
  for (const row of rows) if ('errors' in row) findings.fail(row.row, row.errors)
  const resolved = await resolve(
    tx,
    run,
    rows.flatMap((row) => ('purchase' in row ? [row] : [])),
    findings,
  )
  const stored = await findStored(tx, resolved)
  const writing: Writing = { changes: [], created: new Map() }
  for (const row of resolved) {
    const { duplicates } = run.options
    const match = duplicates === 'create' ? undefined : matchOf(run, row, stored, findings)
    if (match === undefined) addNew(run, row, stored, writing, findings)
    else addMatch(run, row, match, writing, findings)
  }
  if (run.dryRun) return
  await freeIds(tx, writing)
  await storePurchases(tx, writing.changes, run.now)
  await storeAttachments(tx, run, writing)
  const withAny = writing.changes.flatMap(({ before, after }) => {
    return after && (before || writing.created.get(after.row.id)?.attachments.length) ? [after.row.id] : []
  })
  const attachments = await readAttachmentIds(tx.db, withAny)
  const log = writing.changes.flatMap(({ before, after }): LoggedChange[] => {
    if (!after) return []
    const { id } = after.row
    const stamp = stampAfter({ before, after }, attachments.get(id) ?? [])
    return [{ entity: 'purchase', entity_id: id, before: before && JSON.stringify(before), stamp }]
  })
  await logChanges(tx.db, run.jobId, log)
}

async function resolve(
  tx: Context,
  run: BatchRun,
  rows: readonly Extract<CheckedRow, { purchase: unknown }>[],
  findings: Findings,
): Promise<Resolved[]> {
  const ids = {
    retailer: await resolveReferences(
      tx,
      run,
      'retailer',
      rows.map(({ purchase }) => purchase.retailer),
      findings,
    ),
    brand: await resolveReferences(
      tx,
      run,
      'brand',
      rows.map(({ purchase }) => purchase.brand),
      findings,
    ),
  }
  return rows.map(({ purchase, isExhausted }) => {
    const idOf = (word: 'retailer' | 'brand') => {
      const reference = purchase[word]
      if (!reference) return reference
      const id = ids[word].get(referenceKey(reference)) ?? undefined
      // As if the file did not speak of it: what is stored must not be lost to an id that nobody knows.
      if (id === undefined) findings.warn(`There is no ${word} ${reference.id}: it was passed over`, purchase.row)
      return id
    }
    return { purchase, isExhausted, retailer_id: idOf('retailer'), brand_id: idOf('brand') }
  })
}

/** The stored purchase that the row is: by its id, or one that is like it and that no earlier row is. */
function matchOf(run: BatchRun, { purchase }: Resolved, { byId, alike }: Stored, { taken }: Findings) {
  const own = purchase.id === undefined ? undefined : byId.get(purchase.id)
  if (own) return { record: own, byId: true }
  const id = alike.get(purchase)?.find((id) => !taken.has(id) && !run.taken.has(id) && !run.named.has(id))
  const record = id === undefined ? undefined : byId.get(id)
  return record && { record, byId: false }
}

function addNew(run: BatchRun, row: Resolved, { byId }: Stored, writing: Writing, findings: Findings): void {
  const { purchase } = row
  findings.count('rows')
  findings.count('created')
  findings.classify('new')
  findings.exhausted.push(purchase.likeness.text)
  const isFree = purchase.id !== undefined && !byId.has(purchase.id) && !writing.created.has(purchase.id)
  const id = isFree && purchase.id !== undefined ? purchase.id : newId()
  writing.created.set(id, purchase)
  findings.taken.add(id)
  writing.changes.push({ before: null, after: toNewRecord(row, id, run.moment) })
}

function addMatch(
  run: BatchRun,
  row: Resolved,
  { record, byId }: { record: Parameters<typeof toChangedRecord>[0]; byId: boolean },
  writing: Writing,
  findings: Findings,
): void {
  findings.taken.add(record.row.id)
  const after = toChangedRecord(record, row, run.moment)
  if (Array.isArray(after)) {
    findings.fail(row.purchase.row, after)
    return
  }
  findings.count('rows')
  const isIdentical = isDeepStrictEqual(record, after)
  findings.classify(isIdentical ? 'identical' : byId ? 'changed' : 'probable_duplicate')
  if (isIdentical || run.options.duplicates === 'skip') {
    findings.count('skipped')
    return
  }
  findings.count('updated')
  writing.changes.push({ before: record, after })
}

/** Warranties keep the ids of the file where those are free. */
async function freeIds(tx: Context, { changes }: Writing): Promise<void> {
  const made = changes.flatMap(({ before, after }) => (after?.warranty && !before ? [after.warranty] : []))
  const ids = [...new Set(made.map(({ id }) => id))]
  if (ids.length === 0) return
  const taken = await tx.db
    .selectFrom('warranties')
    .select('id')
    .where(isOneOf(tx.db, 'id', ids))
    .execute()
  const used = new Set(taken.map(({ id }) => id))
  for (const warranty of made) {
    if (used.has(warranty.id)) warranty.id = newId()
    used.add(warranty.id)
  }
}

async function storeAttachments(tx: Context, run: BatchRun, { created }: Writing): Promise<void> {
  const drafts = [...created].flatMap(([purchase_id, { attachments }]) =>
    attachments.map((attachment) => ({ ...attachment, purchase_id })),
  )
  if (drafts.length === 0) return
  const ids = drafts.flatMap(({ id }) => id ?? [])
  const taken = await tx.db
    .selectFrom('attachments')
    .select('id')
    .where(isOneOf(tx.db, 'id', ids))
    .execute()
  const used = new Set(taken.map(({ id }) => id))
  for (const { id: given, kind, created_at = run.now, ...draft } of drafts) {
    const id = given !== undefined && !used.has(given) ? given : newId()
    used.add(id)
    const available = await run.files.has(draft.sha256)
    await tx.db
      .insertInto('attachments')
      .values({ ...draft, id, kind: kind as 'OTHER', available, created_at })
      .execute()
  }
}
