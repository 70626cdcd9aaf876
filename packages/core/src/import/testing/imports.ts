import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { z } from 'zod'
import { toInstant } from '../../calendar.ts'
import { type Context, inTransaction, newId } from '../../context.ts'
import { localFiles } from '../../files.ts'
import type { JobRun } from '../../jobs/handler.ts'
import type { JobKind } from '../../jobs/shapes.ts'
import { NOTHING_GIVEN } from '../../jobs/testing.ts'
import { listPurchases } from '../../purchases/read.ts'
import { type Purchase, PurchaseFilter } from '../../purchases/shapes.ts'
import { readPages } from '../../testing.ts'
import { takeBack } from '../../undo/take-back.ts'
import { undoHandler } from '../../undo/undo.ts'
import { type ImportFileKind, storeImportFile } from '../files.ts'
import type { ImportItem, ImportReader, PurchaseDraft, PurchaseItem } from '../item.ts'
import { ImportOptions, type ImportReport } from '../options.ts'
import { importAll } from '../pass.ts'
import { importHandler } from '../run.ts'

/** A purchase of a file; its columns are called as our fields. */
export function row(draft: PurchaseDraft, line = 2): PurchaseItem {
  const cellOf = (path: string) => {
    const value = draft[path as keyof PurchaseDraft]
    return { column: path, value: value === undefined ? null : String(value) }
  }
  return { kind: 'purchase', row: line, draft, errors: [], warnings: [], cellOf }
}

/** The rows of a file, the first one in its second line. */
export function rows(...drafts: PurchaseDraft[]): PurchaseItem[] {
  return drafts.map((draft, index) => row(draft, index + 2))
}

/** A file that was read already. @param pieces how many items come at a time */
export function readerOf(items: readonly ImportItem[], more: Partial<ImportReader> = {}, pieces = 3): ImportReader {
  return {
    source: 'OTHER_CSV',
    complete: false,
    size: items.length,
    warnings: [],
    async *read(onProgress) {
      for (let start = 0; start < items.length; start += pieces) {
        yield items.slice(start, start + pieces)
        onProgress(Math.min(start + pieces, items.length))
      }
    },
    ...more,
  }
}

/** A job as its worker has it, without a runner around it. */
export async function startJob(ctx: Context, kind: JobKind, params: unknown): Promise<JobRun> {
  const id = newId()
  const values = { id, kind, status: 'RUNNING', done: 0, created_at: toInstant(ctx.now()) } as const
  await ctx.db.insertInto('jobs').values(values).execute()
  return {
    ...ctx,
    ...NOTHING_GIVEN,
    id,
    params,
    progress: async () => {},
    inTransaction: (work) => inTransaction(ctx, work),
    isContended: () => false,
    withRequestsClosed: (work) => work(),
  }
}

/** Imports items to the end. */
export async function importItems(
  ctx: Context,
  reader: ImportReader | readonly ImportItem[],
  options: Partial<ImportOptions> = {},
): Promise<ImportReport> {
  const job = await startJob(ctx, 'IMPORT', {})
  const file = 'read' in reader ? reader : readerOf(reader)
  const report = await importAll(job, { filename: 'file.csv', reader: file }, ImportOptions.parse(options))
  await finishJob(ctx, job.id, report)
  return report
}

/** Imports a file as it was sent. @param uploads where its files go; of no use later unless given @throws what the job fails with */
export async function importFile(
  ctx: Context,
  bytes: string | Uint8Array,
  options: z.input<typeof ImportOptions> = {},
  kind: ImportFileKind = 'CSV',
  uploads?: string,
): Promise<ImportReport> {
  const imports = await mkdtemp(join(tmpdir(), 'spends-imports-'))
  try {
    const stream = Readable.from([Buffer.from(bytes)])
    const file = await storeImportFile(ctx, imports, stream, { filename: 'file', kinds: [kind] })
    const params = { file_id: file.id, options: ImportOptions.parse(options) }
    const job = await startJob(ctx, 'IMPORT', params)
    const report = await importHandler.run({
      ...job,
      folders: { ...job.folders, imports },
      files: localFiles(uploads ?? join(imports, 'uploads')),
    })
    await finishJob(ctx, job.id, report)
    return report as ImportReport
  } finally {
    await rm(imports, { recursive: true })
  }
}

async function finishJob(ctx: Context, id: string, result: unknown): Promise<void> {
  const values = { status: 'SUCCEEDED', result: JSON.stringify(result) } as const
  await ctx.db.updateTable('jobs').set(values).where('id', '=', id).execute()
}

/** Imports items until so many transactions are written, and takes back what was done, as after a cancel or a crash. */
export async function importAndBreakOff(ctx: Context, items: readonly ImportItem[], transactions: number) {
  const job = await startJob(ctx, 'IMPORT', {})
  let left = transactions
  const breaking: JobRun = {
    ...job,
    inTransaction: (work) => {
      if (left-- === 0) throw new Error('broken off')
      return job.inTransaction(work)
    },
  }
  await importAll(breaking, { filename: 'file.csv', reader: readerOf(items) }, ImportOptions.parse({})).catch(() => {})
  await takeBack(job, job.id)
}

export async function undo(ctx: Context, report: ImportReport) {
  return undoHandler.run(await startJob(ctx, 'UNDO', { job_id: report.job_id }))
}

/** Every purchase, the oldest first. */
export async function allPurchases(ctx: Context): Promise<Purchase[]> {
  const filter = { sort: 'created_at', order: 'asc' } as const
  return readPages((page) => listPurchases(ctx, PurchaseFilter.parse({ ...filter, ...page })))
}
