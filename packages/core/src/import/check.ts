import { z } from 'zod'
import { newId } from '../context.ts'
import type { FieldError } from '../errors.ts'
import { toFieldErrors } from '../field-errors.ts'
import { Id, requiredText } from '../fields.ts'
import type { Moment } from '../moment.ts'
import { findPriceProblem } from '../money.ts'
import { NewPurchase } from '../purchases/shapes.ts'
import { foldCase, sortKey } from '../text.ts'
import { applyWarrantyDraft, blankWarranty, type WarrantyRecord } from '../warranties/rules.ts'
import { NewPurchaseWarranty } from '../warranties/shapes.ts'
import type { AttachmentDraft, CellError, NamedReference, PurchaseDraft, PurchaseItem, WarrantyDraft } from './item.ts'
import type { ImportOptions } from './options.ts'
import { instantOf } from './values.ts'

/** A purchase of a file whose values are right, as far as they can be judged without the database. */
export interface CheckedPurchase {
  row: number
  /** As it would be made where it is new. */
  values: Values
  /** The fields that the file speaks of, for a change of what is stored. */
  said: ReadonlySet<string>
  id: string | undefined
  retailer: NamedReference | null | undefined
  brand: NamedReference | null | undefined
  warranty: CheckedWarranty | null | undefined
  attachments: readonly AttachmentDraft[]
  stamps: { version: number; created_at: string | undefined; updated_at: string | undefined }
  /** How a purchase is found that is the same but for its id: day and name, and what else must agree. */
  likeness: Likeness
  cellOf: PurchaseItem['cellOf']
}

interface CheckedWarranty {
  /** The warranty as it would be made. */
  record: WarrantyRecord
  /** What the file speaks of, for a change of a stored warranty. */
  said: Partial<z.output<typeof NewPurchaseWarranty>>
  /** Undefined where the file does not speak of its status. */
  voided: boolean | undefined
}

interface Likeness {
  purchase_date: string
  sort_key: string
  /** The name without regard to case. */
  name_key: string
  price: string
  currency_code: string
  /** All of it and the retailer in one text, for counting rows that are alike. */
  text: string
}

type Values = z.output<typeof Values> & { currency_code: string }

const shape = NewPurchase.shape
const Values = z.object({
  product_name: shape.product_name,
  price: shape.price,
  quantity: shape.quantity,
  currency_code: shape.currency_code,
  status: shape.status,
  purchase_date: shape.purchase_date,
  notes: shape.notes,
  model_number: shape.model_number,
  serial_number: shape.serial_number,
  order_number: shape.order_number,
  link: shape.link,
  return_by: shape.return_by,
  return_policy: shape.return_policy,
  tax_deductible: shape.tax_deductible,
  tags: shape.tags,
})
const FIELDS = Object.keys(Values.shape) as (keyof typeof Values.shape)[]

const EntryName = requiredText(255)
const Instant = z
  .string()
  .refine((text) => instantOf(text) !== undefined, 'must be an instant, written YYYY-MM-DDTHH:MM:SSZ')
  .transform((text) => instantOf(text))
  .optional()
const Stamps = z.object({
  id: Id.optional(),
  version: z.int().min(1).default(1),
  created_at: Instant,
  updated_at: Instant,
})
const ImportedAttachment = z.object({
  id: Id.optional(),
  kind: z.enum(['RECEIPT', 'MANUAL', 'PHOTO', 'WARRANTY', 'OTHER']),
  filename: requiredText(255),
  mime_type: requiredText(255),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 hexadecimal digits'),
  created_at: Instant,
})
const Attachments = z.array(ImportedAttachment).max(1000).default([])

/**
 * Checks a purchase of a file by the rules of the API.
 * @returns the purchase, or everything that is wrong with its row
 */
export function checkPurchase(
  item: PurchaseItem,
  options: ImportOptions,
  moment: Moment,
): { purchase: CheckedPurchase } | { errors: readonly CellError[] } {
  // Nothing of such a row was read: that its values are missing says no more.
  if (item.errors.some(({ column }) => column === null)) return { errors: item.errors }
  const draft = withDefaults(item.draft, options, moment)
  const errors: FieldError[] = []
  const given = Object.fromEntries(
    FIELDS.map((field) => [field, draft[field] ?? (isClearable(field) ? draft[field] : undefined)]),
  )
  const values = parse(Values, given, '', errors)
  const stamps = parse(Stamps, pickStamps(draft), '', errors)
  const retailer = parseName(draft.retailer, 'retailer', errors)
  const brand = parseName(draft.brand, 'brand', errors)
  const attachments = draft.attachments?.length ? parse(Attachments, draft.attachments, 'attachments', errors) : []
  // With something else wrong in the row, what is right in it is judged all the same.
  const price = values?.price ?? shape.price.safeParse(given.price).data
  const currency = shape.currency_code.safeParse(given.currency_code).data ?? moment.base_currency
  const priceProblem = price === undefined ? undefined : findPriceProblem(price, currency)
  if (priceProblem) errors.push({ path: 'price', message: priceProblem })
  const start = values?.purchase_date
  sayWhatFills(draft, errors)
  const warranty = draft.warranty ? checkWarranty(draft.warranty, start, moment, errors) : draft.warranty

  if (item.errors.length > 0 || errors.length > 0 || !values || !stamps || !attachments) {
    const known = new Set(item.errors.map(({ column }) => column))
    const found = errors.map(({ path, message }): CellError => ({ ...cellOf(item, path), message }))
    // What can't be read is missing afterwards: it is said once.
    return { errors: [...item.errors, ...found.filter(({ column }) => !known.has(column))] }
  }
  const complete = { ...values, currency_code: currency }
  const purchase: CheckedPurchase = {
    row: item.row,
    values: complete,
    said: new Set(FIELDS.filter((field) => isSaid(field, item.draft[field]))),
    id: stamps.id,
    retailer,
    brand,
    warranty,
    attachments: attachments as readonly AttachmentDraft[],
    stamps: { version: stamps.version, created_at: stamps.created_at, updated_at: stamps.updated_at },
    likeness: likenessOf(complete, retailer),
    cellOf: item.cellOf,
  }
  return { purchase }
}

/** What can be filled in for all rows that lack it. */
function sayWhatFills(draft: PurchaseDraft, errors: FieldError[]): void {
  for (const field of ['price', 'purchase_date'] as const) {
    const missing = draft[field] === undefined || draft[field] === null
    const at = missing ? errors.findIndex(({ path }) => path === field) : -1
    if (at !== -1) errors[at] = { path: field, message: `is required: default_${field} fills in what is missing` }
  }
}

/** The column and value of an error; where the file has no column of that field, our name of it. */
export function cellOf(item: Pick<PurchaseItem, 'cellOf'>, path: string): Omit<CellError, 'message'> {
  const { column, value } = item.cellOf(path)
  return { column: column ?? (path === '' ? null : path), value }
}

/** Whether a purchase can be without it: then none is something that a file can say. */
function isClearable(field: keyof typeof Values.shape): boolean {
  return CLEARABLE.has(field)
}
const CLEARABLE: ReadonlySet<string> = new Set(FIELDS.filter((field) => Values.shape[field].safeParse(null).success))

/** What is filled in by an option is for new purchases only: it must not change what is stored. */
function isSaid(field: keyof typeof Values.shape, value: unknown): boolean {
  return value !== undefined && !(value === null && (field === 'price' || field === 'purchase_date'))
}

function withDefaults(draft: PurchaseDraft, options: ImportOptions, moment: Moment): PurchaseDraft {
  const { default_price, default_purchase_date, currency_code = moment.base_currency } = options
  return {
    ...draft,
    ...(default_price !== undefined ? { price: draft.price ?? default_price } : {}),
    ...(default_purchase_date !== undefined ? { purchase_date: draft.purchase_date ?? default_purchase_date } : {}),
    currency_code: draft.currency_code ?? currency_code,
  }
}

function pickStamps({ id, version, created_at, updated_at }: PurchaseDraft | WarrantyDraft) {
  return { id: id ?? undefined, version, created_at: created_at ?? undefined, updated_at: updated_at ?? undefined }
}

function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: string,
  errors: FieldError[],
): z.output<S> | undefined {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const { path, message } of toFieldErrors(result.error.issues, value)) {
    errors.push({ path: [at, path].filter((part) => part !== '').join('.'), message })
  }
  return undefined
}

function parseName<T extends NamedReference | null | undefined>(reference: T, at: string, errors: FieldError[]): T {
  if (reference?.name === undefined) return reference
  return { ...reference, name: parse(EntryName, reference.name, at, errors) ?? '' }
}

/** A warranty that says nothing of its beginning begins with the purchase. */
function checkWarranty(
  draft: WarrantyDraft,
  purchaseDate: string | undefined,
  moment: Moment,
  errors: FieldError[],
): CheckedWarranty | undefined {
  const { warranty_start, warranty_end, warranty_type, status, provider, notes } = draft
  const given = {
    warranty_start: warranty_start ?? purchaseDate,
    warranty_end: warranty_end ?? null,
    warranty_type: warranty_type ?? undefined,
    provider,
    notes,
  }
  const found: FieldError[] = []
  const values = parse(NewPurchaseWarranty, given, 'warranty', found)
  // A start that follows from the day of the purchase is not what is wrong.
  const follows = warranty_start === undefined || warranty_start === null
  errors.push(...found.filter(({ path }) => !(follows && path === 'warranty.warranty_start')))
  const stamps = parse(Stamps, pickStamps(draft), 'warranty', errors)
  if (!values || !stamps) return undefined
  const { record, problems } = applyWarrantyDraft(null, blankWarranty(stamps.id ?? newId(), '', moment), values, moment)
  for (const { path, message } of problems) errors.push({ path: `warranty.${path}`, message })
  const { version, created_at = moment.now, updated_at = moment.now } = stamps
  // The other statuses follow from the dates.
  const voided = status === undefined || status === null ? undefined : status === 'VOIDED'
  return {
    record: { ...record, voided_at: voided ? updated_at : null, version, created_at, updated_at },
    said: Object.fromEntries(
      Object.entries(values).filter(([field]) => draft[field as keyof WarrantyDraft] !== undefined),
    ),
    voided,
  }
}

function likenessOf(values: Values, retailer: NamedReference | null | undefined): Likeness {
  const { purchase_date, price, currency_code } = values
  const sort_key = sortKey(values.product_name)
  const amount = price.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
  const name = retailer === undefined ? '?' : retailer === null ? '' : (retailer.id ?? foldCase(retailer.name ?? ''))
  const name_key = foldCase(values.product_name)
  const text = [purchase_date, name_key, amount, currency_code, name].join('\u001f')
  return { purchase_date, sort_key, name_key, price, currency_code, text }
}
