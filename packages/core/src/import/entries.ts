import { isOneOf, type RetailersTable } from '@spends/db'
import { z } from 'zod'
import { type Context, newId } from '../context.ts'
import { keysOf, newEntryShape } from '../directory.ts'
import { toFieldErrors } from '../field-errors.ts'
import { Id } from '../fields.ts'
import { isSeededId } from '../seed.ts'
import { foldCase } from '../text.ts'
import { entryStamp, type LoggedChange, logChanges, REMOVED } from '../undo/changes.ts'
import type { EntryItem, NamedReference } from './item.ts'
import type { Findings } from './report.ts'
import { instantOf } from './values.ts'

/** What the batches of one import have in common. */
export interface EntryRun {
  jobId: string
  dryRun: boolean
  /** Whether what is stored takes the values of the file: in an update, and in an instance that takes all of it. */
  overwrites: boolean
  now: string
  /** Ids of retailers and brands in the file -> ours, where they differ or had to be made. */
  idOf: Map<string, string>
}

export type Word = EntryItem['kind']
type Entry = Pick<RetailersTable, 'id' | 'name' | 'url' | 'created_at' | 'updated_at'>

const COLUMNS = ['id', 'name', 'url', 'created_at', 'updated_at'] as const

/** Stands for the id of a retailer or brand that a dry run does not make. */
const TO_BE_MADE = 'to be made'

const ImportedEntry = z.object({
  id: Id.optional(),
  ...newEntryShape,
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
})

/** Both tables have the same columns; the query builder is told the name of one of them. */
function tableOf(word: Word) {
  return (word === 'retailer' ? 'retailers' : 'brands') as 'retailers'
}

/** Brings in retailers or brands that a file lists with their own fields, and learns their ids. */
export async function importEntries(
  tx: Context,
  run: EntryRun,
  word: Word,
  items: readonly EntryItem[],
  findings: Findings,
): Promise<void> {
  const entries = items.flatMap((item) => {
    const parsed = ImportedEntry.safeParse(item.entry)
    if (parsed.success) return [{ row: item.row, ...parsed.data }]
    const [problem] = toFieldErrors(parsed.error.issues, item.entry)
    findings.warn(`A ${word} was left out: ${problem?.path ?? 'it'} ${problem?.message ?? 'is wrong'}`, item.row)
    return []
  })
  const ids = entries.flatMap(({ id }) => id ?? [])
  const stored = await findEntries(
    tx,
    word,
    ids,
    entries.map(({ name }) => foldCase(name)),
  )
  for (const { row, id, name, url, created_at, updated_at } of entries) {
    const key = foldCase(name)
    const byId = id === undefined ? undefined : stored.byId.get(id)
    const byName = stored.byKey.get(key)
    const wanted = { id: id ?? newId(), name, url: url ?? null, ...instants(created_at, updated_at, run.now) }
    if (byId) {
      const isTaken = byName !== undefined && byName.id !== byId.id
      if (isTaken) findings.warn(`The ${word} "${byId.name}" keeps its name: "${name}" is another one's`, row)
      else if (run.overwrites && entryStamp(byId) !== entryStamp(wanted)) await overwrite(tx, run, word, byId, wanted)
    } else if (byName) {
      if (id !== undefined) run.idOf.set(id, byName.id)
    } else {
      await create(tx, run, word, wanted, findings)
      stored.byId.set(wanted.id, wanted)
      stored.byKey.set(key, wanted)
    }
  }
}

/**
 * Our ids of the retailers or brands that rows refer to, by `referenceKey`; null where a reference leads nowhere. Those
 * that are only named are made where they are missing.
 */
export async function resolveReferences(
  tx: Context,
  run: EntryRun,
  word: Word,
  references: Iterable<NamedReference | null | undefined>,
  findings: Findings,
): Promise<Map<string, string | null>> {
  const distinct = new Map<string, NamedReference>()
  for (const reference of references) if (reference) distinct.set(referenceKey(reference), reference)
  if (distinct.size === 0) return new Map()
  const wanted = [...distinct.values()].map(({ id, name }) => ({
    id: id === undefined ? undefined : (run.idOf.get(id) ?? asId(id)),
    name,
  }))
  const ids = wanted.flatMap(({ id }) => id ?? [])
  const keys = wanted.flatMap(({ name }) => (name === undefined ? [] : [foldCase(name)]))
  const stored = await findEntries(tx, word, ids, keys)
  const resolved = new Map<string, string | null>()
  for (const [index, key] of [...distinct.keys()].entries()) {
    const { id, name } = wanted[index] ?? {}
    const found = (id && stored.byId.get(id)) || (name !== undefined && stored.byKey.get(foldCase(name))) || undefined
    if (found) resolved.set(key, found.id)
    else if (id === TO_BE_MADE) resolved.set(key, id)
    else if (name === undefined) resolved.set(key, null)
    else {
      const made = { id: newId(), name, url: null, created_at: run.now, updated_at: run.now }
      await create(tx, run, word, made, findings)
      stored.byKey.set(foldCase(name), made)
      resolved.set(key, run.dryRun ? TO_BE_MADE : made.id)
    }
  }
  return resolved
}

export function referenceKey({ id, name }: NamedReference): string {
  return `${id ?? ''}\u001f${name === undefined ? '' : foldCase(name)}`
}

/**
 * Removes the retailers and brands that every instance begins with: those of the file take their place.
 * Only where no purchase points at them.
 */
export async function removeSeeds(tx: Context, run: EntryRun): Promise<void> {
  for (const word of ['retailer', 'brand'] as const) {
    const all = await tx.db.selectFrom(tableOf(word)).select(COLUMNS).execute()
    const seeded = all.filter(({ id }) => isSeededId(id))
    if (seeded.length === 0) continue
    await tx.db
      .deleteFrom(tableOf(word))
      .where(
        'id',
        'in',
        seeded.map(({ id }) => id),
      )
      .execute()
    const log = seeded.map((entry): LoggedChange => {
      return { entity: word, entity_id: entry.id, before: JSON.stringify(entry), stamp: REMOVED }
    })
    await logChanges(tx.db, run.jobId, log)
  }
}

async function findEntries(tx: Context, word: Word, ids: readonly string[], keys: readonly string[]) {
  const byId = new Map<string, Entry>()
  const byKey = new Map<string, Entry>()
  const real = ids.filter((id) => id !== TO_BE_MADE)
  if (real.length + keys.length === 0) return { byId, byKey }
  const rows = await tx.db
    .selectFrom(tableOf(word))
    .select([...COLUMNS, 'name_key'])
    .where((eb) =>
      eb.or([
        ...(real.length > 0 ? [isOneOf(tx.db, 'id', real)] : []),
        ...(keys.length > 0 ? [isOneOf(tx.db, 'name_key', keys)] : []),
      ]),
    )
    .execute()
  for (const { name_key, ...entry } of rows) {
    byId.set(entry.id, entry)
    byKey.set(name_key, entry)
  }
  return { byId, byKey }
}

async function create(tx: Context, run: EntryRun, word: Word, entry: Entry, findings: Findings): Promise<void> {
  const isRestored = isSeededId(entry.id) && run.overwrites
  if (run.dryRun) {
    run.idOf.set(entry.id, TO_BE_MADE)
    findings.newNames.add(`${word} ${foldCase(entry.name)}`)
    return
  }
  await tx.db
    .insertInto(tableOf(word))
    .values({ ...entry, ...keysOf(entry.name) })
    .execute()
  await logChanges(tx.db, run.jobId, [{ entity: word, entity_id: entry.id, before: null, stamp: entryStamp(entry) }])
  if (!isRestored) findings.count(word === 'retailer' ? 'retailers_created' : 'brands_created')
}

async function overwrite(tx: Context, run: EntryRun, word: Word, stored: Entry, wanted: Entry): Promise<void> {
  if (run.dryRun) return
  const { id, ...columns } = wanted
  await tx.db
    .updateTable(tableOf(word))
    .set({ ...columns, ...keysOf(wanted.name) })
    .where('id', '=', id)
    .execute()
  await logChanges(tx.db, run.jobId, [
    { entity: word, entity_id: id, before: JSON.stringify(stored), stamp: entryStamp(wanted) },
  ])
}

function instants(created: string | undefined, updated: string | undefined, now: string) {
  return { created_at: instantOf(created ?? '') ?? now, updated_at: instantOf(updated ?? '') ?? now }
}

function asId(text: string): string | undefined {
  return Id.safeParse(text).data
}
