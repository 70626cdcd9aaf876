import { prepared } from '@spends/db'
import { z } from 'zod'
import { Attachment } from '../attachments/shapes.ts'
import { Brand } from '../brands.ts'
import { toInstant } from '../calendar.ts'
import { type Context, streamSnapshot } from '../context.ts'
import { OutInstant } from '../fields.ts'
import { type JoinedRow, toPurchase } from '../purchases/joined.ts'
import { Purchase } from '../purchases/shapes.ts'
import { Retailer } from '../retailers.ts'
import { getSettings, getToday, Settings } from '../settings.ts'
import { PurchaseWarranty } from '../warranties/shapes.ts'
import { readPurchases, type Selection } from './pages.ts'

/** A purchase in an export: what reading gives, without what follows from the rest or says where bytes are. */
const ExportedPurchase = z
  .object({
    ...Purchase.omit({ total: true }).shape,
    warranty: PurchaseWarranty.omit({ purchase_id: true, days_left: true }).nullable(),
    attachments: z.array(Attachment.omit({ purchase_id: true, available: true })),
  })
  .meta({ id: 'ExportedPurchase' })
type ExportedPurchase = z.infer<typeof ExportedPurchase>

/** What an export as JSON holds, in this order. */
export const JsonExport = z
  .object({
    format: z.literal('spends-tracker'),
    version: z.literal(1),
    exported_at: OutInstant,
    settings: Settings,
    retailers: z.array(Retailer),
    brands: z.array(Brand),
    purchases: z.array(ExportedPurchase),
  })
  .meta({ id: 'JsonExport' })
export type JsonExport = z.infer<typeof JsonExport>
type Head = Omit<JsonExport, 'settings' | 'retailers' | 'brands' | 'purchases'>

/**
 * The selected purchases, and all settings, retailers and brands, as they are at one moment: a `JsonExport` with one
 * entry a line, ordered by id. The same data give the same text but for `exported_at`. It comes in parts of some
 * hundred entries and is never whole in memory.
 */
export function exportJson(ctx: Context, selection: Selection): AsyncGenerator<string> {
  return streamSnapshot(ctx, async function* (tx) {
    const today = await getToday(tx)
    const head: Head = { format: 'spends-tracker', version: 1, exported_at: toInstant(ctx.now()) }
    // Parsed, they have the order of the shape, whatever that of the columns.
    const settings = Settings.parse(await getSettings(tx))
    yield `${JSON.stringify(head).slice(0, -1)},"settings":${JSON.stringify(settings)}`
    yield* list('retailers', readEntries(tx, 'retailers'))
    yield* list('brands', readEntries(tx, 'brands'))
    yield* list('purchases', readExported(tx, selection, today))
    yield '}\n'
  })
}

async function* list(name: string, pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  let before = `,"${name}":[\n`
  for await (const page of pages) {
    yield before + page.map((entry) => JSON.stringify(entry)).join(',\n')
    before = ',\n'
  }
  // Without a page the list was not even begun.
  yield before === ',\n' ? '\n]' : `,"${name}":[]`
}

/** Retailers and brands are few, so they are read at once. */
async function* readEntries({ db }: Context, table: 'retailers' | 'brands') {
  // Both tables have the same columns; the query builder is told the name of one of them.
  const query = db.selectFrom(table as 'retailers').select(['id', 'name', 'url', 'created_at', 'updated_at'])
  const entries = await query.orderBy('id').execute()
  if (entries.length > 0) yield entries
}

async function* readExported(tx: Context, selection: Selection, today: string): AsyncGenerator<ExportedPurchase[]> {
  for await (const rows of readPurchases(tx, selection)) {
    const attachments = await readAttachments(tx, rows)
    yield rows.map((row) => toExported(row, attachments.get(row.id) ?? [], today))
  }
}

type ExportedAttachment = ExportedPurchase['attachments'][number]

function toExported(row: JoinedRow, attachments: ExportedAttachment[], today: string): ExportedPurchase {
  const { total: _, warranty, ...purchase } = toPurchase(row, today)
  if (!warranty) return { ...purchase, warranty, attachments }
  const { purchase_id: __, days_left: ___, ...exported } = warranty
  return { ...purchase, warranty: exported, attachments }
}

/** Purchase id -> its attachments, oldest first. */
async function readAttachments(tx: Context, page: readonly JoinedRow[]): Promise<Map<string, ExportedAttachment[]>> {
  const found = await attachmentsBetween(tx.db, page[0]?.id ?? '', page.at(-1)?.id ?? '')
  const attachmentsOf = new Map<string, ExportedAttachment[]>()
  for (const { purchase_id, ...attachment } of found) {
    const known = attachmentsOf.get(purchase_id)
    if (known) known.push(attachment)
    else attachmentsOf.set(purchase_id, [attachment])
  }
  return attachmentsOf
}

/** Pages follow each other, so even where others lie between, all pages together read no attachment twice. */
const attachmentsBetween = prepared((db, first: string, last: string) =>
  db
    .selectFrom('attachments')
    .select(['purchase_id', 'id', 'kind', 'filename', 'mime_type', 'size', 'sha256', 'created_at'])
    .where('purchase_id', '>=', first)
    .where('purchase_id', '<=', last)
    .orderBy('id'),
)
