import type { AttachmentDraft, CellError, NamedReference, PurchaseDraft, WarrantyDraft } from '../item.ts'
import { JsonFields, type JsonObject, saidOnly } from '../json-fields.ts'

/** A purchase as our own JSON writes it. What follows from the rest (`total`, `retailer_id`, `days_left`) is not read. */
export function readSpendsPurchase(record: JsonObject, errors: CellError[]): PurchaseDraft {
  const fields = new JsonFields(record, errors)
  const warranty = fields.object('warranty')
  const attachments = fields.objects('attachments')
  return saidOnly({
    id: fields.text('id') ?? undefined,
    product_name: fields.text('product_name'),
    price: fields.textOrNumber('price'),
    quantity: fields.number('quantity'),
    currency_code: fields.text('currency_code'),
    retailer: readReference(fields, 'retailer', errors),
    brand: readReference(fields, 'brand', errors),
    status: fields.text('status'),
    purchase_date: fields.text('purchase_date'),
    notes: fields.text('notes'),
    model_number: fields.text('model_number'),
    serial_number: fields.text('serial_number'),
    order_number: fields.text('order_number'),
    link: fields.text('link'),
    return_by: fields.text('return_by'),
    return_policy: fields.text('return_policy'),
    tax_deductible: fields.boolean('tax_deductible'),
    tags: fields.texts('tags'),
    warranty: warranty && readWarranty(warranty, errors),
    attachments: attachments?.map((attachment, index) => readAttachment(attachment, index, errors)),
    version: fields.number('version') ?? undefined,
    created_at: fields.text('created_at') ?? undefined,
    updated_at: fields.text('updated_at') ?? undefined,
  })
}

/** `retailer: { id, name }`, or by `retailer_id` alone. */
function readReference(
  fields: JsonFields,
  key: 'retailer' | 'brand',
  errors: CellError[],
): NamedReference | null | undefined {
  const id = fields.text(`${key}_id`)
  const nested = fields.object(key)
  if (!nested) return id ? { id } : nested === null || id === null ? null : undefined
  const named = new JsonFields(nested, errors, `${key}.`)
  const reference: NamedReference = saidOnly({
    id: named.text('id') ?? undefined,
    name: named.text('name') ?? undefined,
  })
  if (id && reference.id && id !== reference.id) fields.refuse(`${key}_id`, `is not the id of \`${key}\` beside it`)
  return reference.id === undefined && reference.name === undefined ? undefined : reference
}

function readWarranty(record: JsonObject, errors: CellError[]): WarrantyDraft {
  const fields = new JsonFields(record, errors, 'warranty.')
  return saidOnly({
    id: fields.text('id') ?? undefined,
    warranty_start: fields.text('warranty_start'),
    warranty_end: fields.text('warranty_end'),
    warranty_type: fields.text('warranty_type'),
    status: fields.text('status'),
    provider: fields.text('provider'),
    notes: fields.text('notes'),
    version: fields.number('version') ?? undefined,
    created_at: fields.text('created_at') ?? undefined,
    updated_at: fields.text('updated_at') ?? undefined,
  })
}

function readAttachment(record: JsonObject, index: number, errors: CellError[]): AttachmentDraft {
  const fields = new JsonFields(record, errors, `attachments.${index}.`)
  return saidOnly({
    id: fields.text('id') ?? undefined,
    kind: fields.text('kind') ?? '',
    filename: fields.text('filename') ?? '',
    mime_type: fields.text('mime_type') ?? '',
    size: fields.number('size') ?? 0,
    sha256: fields.text('sha256') ?? '',
    created_at: fields.text('created_at') ?? undefined,
  })
}
