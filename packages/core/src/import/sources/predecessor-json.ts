import type { AttachmentDraft, CellError, NamedReference, PurchaseDraft, WarrantyDraft } from '../item.ts'
import { JsonFields, type JsonObject, saidOnly } from '../json-fields.ts'
import { dayOf, instantOf, memberName, splitTags, unfloated } from '../values.ts'

/** Our path -> the predecessor's key, where they differ. */
export const PREDECESSOR_KEYS: Readonly<Record<string, string>> = {
  retailer: 'retailer_id',
  brand: 'brand_id',
  order_number: 'retailer_order_number',
  return_by: 'return_deadline',
}

/** What the predecessor keeps beside its purchases, by the purchase it belongs to. */
export interface Belongings {
  warranty?: WarrantyDraft
  attachments?: AttachmentDraft[]
  /** What is wrong with these, noted where they were read. */
  errors?: CellError[]
  warnings?: string[]
}

/** A purchase of the predecessor's JSON. */
export function readPredecessorPurchase(
  record: JsonObject,
  errors: CellError[],
  belongings: Belongings | undefined,
): PurchaseDraft {
  const fields = new JsonFields(record, errors)
  const price = fields.textOrNumber('price')
  const tags = Array.isArray(record.tags) ? fields.texts('tags') : fields.text('tags')
  const status = fields.text('status')
  if (belongings?.errors) errors.push(...belongings.errors)
  return saidOnly({
    id: fields.textOrNumber('id') ?? undefined,
    product_name: fields.text('product_name'),
    price: price ? unfloated(price) : price === undefined ? undefined : null,
    quantity: fields.number('quantity') ?? undefined,
    currency_code: fields.text('currency_code') || undefined,
    retailer: readReference(record, fields, 'retailer', errors),
    brand: readReference(record, fields, 'brand', errors),
    status: status ? memberName(status) : undefined,
    purchase_date: readDay(fields, 'purchase_date'),
    notes: fields.text('notes'),
    model_number: fields.textOrNumber('model_number'),
    serial_number: fields.textOrNumber('serial_number'),
    order_number: fields.textOrNumber('retailer_order_number'),
    link: fields.text('link') ?? fields.text('product_link') ?? fields.text('url'),
    return_by: readDay(fields, 'return_deadline'),
    return_policy: fields.text('return_policy'),
    tax_deductible: readFlag(record, fields, 'tax_deductible'),
    tags: typeof tags === 'string' ? splitTags(tags, /,/) : tags,
    warranty: belongings?.warranty,
    attachments: belongings?.attachments,
    ...readInstants(fields),
  })
}

function readReference(
  record: JsonObject,
  fields: JsonFields,
  key: 'retailer' | 'brand',
  errors: CellError[],
): NamedReference | null | undefined {
  const id = fields.textOrNumber(`${key}_id`)
  const nested = typeof record[key] === 'object' ? fields.object(key) : null
  const name = nested ? new JsonFields(nested, errors, `${key}.`).text('name') : fields.text(`${key}_name`)
  if (!id && !name) return id === null ? null : undefined
  const reference: NamedReference = {}
  if (id) reference.id = id
  if (name) reference.name = name
  return reference
}

function readDay(fields: JsonFields, key: string): string | null | undefined {
  const text = fields.text(key)
  if (!text) return text === '' ? null : text
  const day = dayOf(text)
  if (day === undefined) fields.refuse(key, 'must be a real day, written YYYY-MM-DD, with or without a time')
  return day
}

function readFlag(record: JsonObject, fields: JsonFields, key: string): boolean | undefined {
  const value = record[key]
  if (value === 0 || value === 1) return value === 1
  return fields.boolean(key) ?? undefined
}

/** An instant that can't be read is no loss: the row gets a new one. */
function readInstants(fields: JsonFields) {
  const [created, updated] = [fields.text('created_at'), fields.text('updated_at')]
  return saidOnly({
    created_at: created ? instantOf(created) : undefined,
    updated_at: updated ? instantOf(updated) : undefined,
  })
}

/** A warranty of the predecessor, which lists them apart. */
export function readPredecessorWarranty(record: JsonObject): {
  purchaseId: string | undefined
  warranty: WarrantyDraft
  errors: CellError[]
} {
  const errors: CellError[] = []
  const fields = new JsonFields(record, errors, 'warranty.')
  const type = fields.text('warranty_type')
  const status = fields.text('status')
  const warranty: WarrantyDraft = saidOnly({
    id: fields.textOrNumber('id') ?? undefined,
    warranty_start: readDay(fields, 'warranty_start'),
    warranty_end: readDay(fields, 'warranty_end'),
    warranty_type: type ? memberName(type) : undefined,
    status: status ? memberName(status) : undefined,
    provider: fields.text('provider'),
    notes: fields.text('notes'),
    ...readInstants(fields),
  })
  return { purchaseId: fields.textOrNumber('purchase_id') ?? undefined, warranty, errors }
}

const KINDS: readonly [RegExp, string][] = [
  [/receipt|invoice|bill/, 'RECEIPT'],
  [/manual|guide/, 'MANUAL'],
  [/warrant|guarantee/, 'WARRANTY'],
  [/photo|image|picture/, 'PHOTO'],
]

const HASHED_NAME = /(?:^|\/)([0-9a-f]{64})(?:\.[^/]*)?$/i

/** A file of the predecessor's list. Its programs have named the fields in several ways. */
export function readPredecessorFile(record: JsonObject): {
  purchaseId: string | undefined
  /** Undefined where nothing says which bytes it is. */
  attachment: AttachmentDraft | undefined
  /** Its name, for a message. */
  name: string
} {
  const first = (...keys: string[]): string | undefined => {
    for (const key of keys) {
      const value = record[key]
      if (typeof value === 'string' && value !== '') return value
      if (typeof value === 'number') return String(value)
    }
    return undefined
  }
  const path = first('path', 'file_path', 'storage_path', 'filepath', 'stored_name')
  const sha256 = (first('sha256', 'hash', 'file_hash', 'checksum') ?? HASHED_NAME.exec(path ?? '')?.[1])?.toLowerCase()
  const name = first('original_filename', 'original_name', 'filename', 'name') ?? path?.split('/').at(-1) ?? 'file'
  const purchaseId = first('purchase_id')
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return { purchaseId, attachment: undefined, name }
  const said = memberName(first('kind', 'file_type', 'type', 'category') ?? '').toLowerCase()
  const created = first('created_at', 'uploaded_at')
  const attachment: AttachmentDraft = saidOnly({
    id: first('id'),
    kind: KINDS.find(([words]) => words.test(said))?.[1] ?? 'OTHER',
    filename: name,
    mime_type: first('mime_type', 'content_type', 'mimetype') ?? 'application/octet-stream',
    size: Number(first('size', 'file_size', 'size_bytes') ?? 0),
    sha256,
    created_at: created === undefined ? undefined : instantOf(created),
  })
  return { purchaseId, attachment, name }
}
