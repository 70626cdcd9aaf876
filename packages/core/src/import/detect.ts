import { z } from 'zod'
import type { Context } from '../context.ts'
import { CurrencyCode } from '../fields.ts'
import { getSettings } from '../settings.ts'
import { IMPORT_SOURCES, type ImportReader, type PurchaseItem } from './item.ts'
import { type ImportFile, openImport } from './open.ts'
import { ImportColumns, type ReadingOptions } from './options.ts'
import { openTable, type Table } from './table.ts'
import { shown } from './values.ts'

const SAMPLE = 10
const EXAMPLES = 3

const Text = z.string().nullable()

/** A purchase as it would be read, before it is checked. */
const SampleRow = z.object({
  row: z.int().meta({ description: 'The line in the file; in JSON the place in its list.' }),
  product_name: Text,
  price: Text,
  quantity: z.number().nullable(),
  currency_code: Text,
  retailer: Text,
  brand: Text,
  status: Text,
  purchase_date: Text,
  notes: Text,
  model_number: Text,
  serial_number: Text,
  order_number: Text,
  link: Text,
  return_by: Text,
  return_policy: Text,
  tax_deductible: z.boolean().nullable(),
  tags: z.array(z.string()),
  warranty_start: Text,
  warranty_end: Text,
  warranty_type: Text,
  warranty_status: Text,
  warranty_provider: Text,
  warranty_notes: Text,
  errors: z.array(z.object({ column: Text, value: Text, message: z.string() })),
  warnings: z.array(z.string()),
})
type SampleRow = z.infer<typeof SampleRow>

/** What a file was understood as, and what must be answered before it can be imported. */
export const ImportDetection = z
  .object({
    source: z.enum(IMPORT_SOURCES),
    encoding: z
      .string()
      .nullable()
      .meta({ description: 'Null where it is no text.', examples: ['utf-8'] }),
    delimiter: z.string().nullable().meta({ description: 'Null where it is no CSV.' }),
    header: z
      .array(z.object({ column: z.string(), examples: z.array(z.string()) }))
      .meta({ description: 'The columns of a CSV with up to three of their values.' }),
    columns: ImportColumns.meta({ description: 'Our field -> their column, as it would be read.' }),
    mapping_from: z.enum(['FORMAT', 'REMEMBERED', 'PROPOSED', 'GIVEN']).meta({
      description: 'Where the mapping comes from: the known format, an earlier import, the names, or the caller.',
    }),
    date_format: z.enum(['YMD', 'DMY', 'MDY', 'SERIAL']).nullable().meta({
      description: 'The order in dates; SERIAL are day numbers of a spreadsheet; null where nothing depends on it.',
    }),
    decimal: z.enum(['.', ',']).nullable().meta({ description: 'Null where nothing depends on it.' }),
    currency_code: CurrencyCode.meta({ description: 'Of rows that name none.' }),
    questions: z
      .array(
        z.object({
          parameter: z.enum(['date_format', 'decimal', 'columns']),
          message: z.string(),
          example: Text.meta({ description: 'A cell that can be read in several ways.' }),
          choices: z.array(
            z.object({ value: z.string(), reading: Text.meta({ description: 'How the example reads then.' }) }),
          ),
        }),
      )
      .meta({ description: 'The import needs these parameters.' }),
    rows: z.int().meta({ description: 'Purchases in the file.' }),
    sample: z.array(SampleRow).meta({ description: 'The first of them, as they would be read.' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'ImportDetection' })
export type ImportDetection = z.infer<typeof ImportDetection>

/**
 * Says what a file is and how it would be read, for a person to confirm or correct by the options.
 * What can be asked is among `questions`, never an error.
 * @throws AppError BAD_REQUEST when it is not of its kind; UNPROCESSABLE_CONTENT for an option that is wrong in itself
 */
export async function detectImport(ctx: Context, file: ImportFile, options: ReadingOptions): Promise<ImportDetection> {
  if (file.kind === 'CSV') return describeTable(await openTable(ctx, file.path, options))
  const reader = await openImport(ctx, file, options)
  const { base_currency } = await getSettings(ctx)
  return {
    source: reader.source,
    encoding: file.kind === 'ZIP' ? null : 'utf-8',
    delimiter: null,
    header: [],
    columns: {},
    mapping_from: 'FORMAT',
    date_format: null,
    decimal: null,
    currency_code: options.currency_code ?? base_currency,
    questions: [],
    ...(await readSample(reader)),
  }
}

async function describeTable(table: Table): Promise<ImportDetection> {
  const { file, source, columns, mapping_from, date_format, decimal, currency_code, questions } = table
  return {
    source,
    encoding: file.encoding,
    delimiter: file.delimiter,
    header: await readExamples(table),
    columns,
    mapping_from,
    date_format: date_format ?? null,
    decimal: decimal ?? null,
    currency_code,
    questions,
    ...(await readSample(table)),
  }
}

async function readExamples({ file }: Table): Promise<ImportDetection['header']> {
  const columns = file.header.map((column) => ({ column, examples: [] as string[] }))
  for await (const records of file.records()) {
    for (const { cells } of records) {
      for (const [index, cell] of (cells ?? []).entries()) {
        const examples = columns[index]?.examples
        const value = shown(cell.trim()) ?? ''
        if (examples && value !== '' && examples.length < EXAMPLES && !examples.includes(value)) examples.push(value)
      }
    }
    // The first few hundred are enough to know a column by.
    break
  }
  return columns
}

async function readSample({ read, warnings }: Pick<ImportReader, 'read' | 'warnings'>) {
  const found = { rows: 0, sample: [] as SampleRow[], warnings: [...warnings] }
  for await (const items of read(() => undefined)) {
    for (const item of items) {
      if (item.kind === 'warning') found.warnings.push(item.message)
      if (item.kind !== 'purchase' && item.kind !== 'skipped') continue
      found.rows += 1
      if (item.kind === 'purchase' && found.sample.length < SAMPLE) found.sample.push(toSampleRow(item))
    }
  }
  return found
}

function toSampleRow({ row, draft, errors, warnings }: PurchaseItem): SampleRow {
  const { warranty, retailer, brand } = draft
  return {
    row,
    product_name: draft.product_name ?? null,
    price: draft.price ?? null,
    quantity: draft.quantity ?? null,
    currency_code: draft.currency_code ?? null,
    retailer: retailer?.name ?? retailer?.id ?? null,
    brand: brand?.name ?? brand?.id ?? null,
    status: draft.status ?? null,
    purchase_date: draft.purchase_date ?? null,
    notes: draft.notes ?? null,
    model_number: draft.model_number ?? null,
    serial_number: draft.serial_number ?? null,
    order_number: draft.order_number ?? null,
    link: draft.link ?? null,
    return_by: draft.return_by ?? null,
    return_policy: draft.return_policy ?? null,
    tax_deductible: draft.tax_deductible ?? null,
    tags: draft.tags ?? [],
    warranty_start: warranty?.warranty_start ?? null,
    warranty_end: warranty?.warranty_end ?? null,
    warranty_type: warranty?.warranty_type ?? null,
    warranty_status: warranty?.status ?? null,
    warranty_provider: warranty?.provider ?? null,
    warranty_notes: warranty?.notes ?? null,
    errors,
    warnings,
  }
}
