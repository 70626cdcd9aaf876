import { setFound } from '../attachments/availability.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { toFieldErrors } from '../field-errors.ts'
import type { JobRun } from '../jobs/handler.ts'
import { Pace } from '../jobs/pace.ts'
import { getMoment } from '../moment.ts'
import { getSettings, SettingsChanges, updateSettings } from '../settings.ts'
import { countStatistics } from '../statistics/read.ts'
import { logChanges, SETTINGS_ID } from '../undo/changes.ts'
import { type BatchRun, type CheckedRow, importRows } from './batch.ts'
import { cellOf, checkPurchase } from './check.ts'
import { importEntries, removeSeeds } from './entries.ts'
import type { EntryItem, ImportItem, ImportReader, PurchaseItem, SettingsItem } from './item.ts'
import type { ImportOptions, ImportReport } from './options.ts'
import { addFindings, emptyReport, Findings, keepErrors } from './report.ts'
import { TextSet } from './text-set.ts'

/** Bytes of the file that wait to be written. */
const HELD_BYTES = 4_000_000

/** A retailer or brand that somebody deletes at the same moment is looked for once more. */
const ATTEMPTS = 3

/** One pass through the file. */
class ImportPass {
  readonly report: ImportReport
  readonly #job: JobRun
  readonly #run: BatchRun
  readonly #ids = new TextSet()
  readonly #exhausted = new TextSet()
  readonly #names = new TextSet()
  /** Whether a purchase came in no currency of its own. */
  lacksCurrency = false
  /** Whether the instance takes all that the file says, as an empty one does from an export. */
  readonly #takesAll: boolean

  constructor(job: JobRun, run: BatchRun, report: ImportReport, takesAll: boolean) {
    this.#job = job
    this.#run = run
    this.report = report
    this.#takesAll = takesAll
  }

  async importItems(items: readonly ImportItem[]): Promise<void> {
    for (const item of items) if (item.kind === 'settings') await this.#importSettings(item)
    const purchases = items.filter((item) => item.kind === 'purchase')
    const rows = purchases.map((item) => this.#check(item))
    await this.#commit(async (tx, findings) => {
      for (const word of ['retailer', 'brand'] as const) {
        const entries = items.filter((item): item is EntryItem => item.kind === word)
        if (entries.length > 0) await importEntries(tx, this.#run, word, entries, findings)
      }
      for (const item of items) {
        if (item.kind === 'skipped') findings.leaveOut(item.row, item.message)
        if (item.kind === 'warning') findings.warn(item.message)
      }
      for (const { row, warnings } of purchases) for (const warning of warnings) findings.warn(warning, row)
      if (rows.length > 0) await importRows(tx, this.#run, rows, findings)
    })
  }

  #check(item: PurchaseItem): CheckedRow {
    const { options, moment } = this.#run
    const checked = checkPurchase(item, options, moment)
    if ('errors' in checked) return { row: item.row, ...checked }
    if (item.draft.currency_code === undefined && options.currency_code === undefined) this.lacksCurrency = true
    const { id, likeness } = checked.purchase
    if (id !== undefined && options.duplicates !== 'create' && !this.#ids.add(id)) {
      return { row: item.row, errors: [{ ...cellOf(item, 'id'), message: 'stands in the file already' }] }
    }
    return { row: item.row, ...checked, isExhausted: this.#exhausted.has(likeness.text) }
  }

  async #importSettings({ settings }: SettingsItem): Promise<void> {
    await this.#commit(async (tx, findings) => {
      if (!this.#takesAll) {
        findings.warn('The settings in the file were left out: this instance has purchases already')
        return
      }
      const parsed = SettingsChanges.safeParse(settings)
      if (!parsed.success) {
        const problems = toFieldErrors(parsed.error.issues, settings).map(({ path, message }) => `${path} ${message}`)
        findings.warn(`The settings in the file were left out: ${problems.join('; ')}`)
        return
      }
      if (this.#run.dryRun) return
      const before = JSON.stringify(await getSettings(tx))
      const stamp = JSON.stringify(await updateSettings(tx, parsed.data))
      await logChanges(tx.db, this.#run.jobId, [{ entity: 'settings', entity_id: SETTINGS_ID, before, stamp }])
    })
    this.#run.moment = { ...(await getMoment(this.#job)), now: this.#run.now }
  }

  /** Runs one transaction of the import, and adds what it found once it is committed. */
  async #commit(work: (tx: Context, findings: Findings) => Promise<void>): Promise<void> {
    const { report } = this
    const findings = await this.#transact(async (tx) => {
      const found = new Findings()
      await work(tx, found)
      return found
    })
    if (findings.errors.length > 0) {
      await this.#job.inTransaction((tx) => keepErrors(tx.db, report.job_id, report.error_count, findings.errors))
    }
    for (const name of findings.newNames) {
      if (!this.#names.add(name)) continue
      findings.count(name.startsWith('retailer ') ? 'retailers_created' : 'brands_created')
    }
    for (const likeness of findings.exhausted) this.#exhausted.add(likeness)
    for (const id of findings.taken) this.#run.taken.add(id)
    addFindings(report, findings)
  }

  async #transact(work: (tx: Context) => Promise<Findings>): Promise<Findings> {
    // Nothing is written, so nobody has to wait.
    if (this.#run.dryRun) return work(this.#job)
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#job.inTransaction(work)
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof AppError) || error.code !== 'CONFLICT') throw error
      }
    }
  }
}

/** The ids that the file names, where there is anything that they could name. */
async function readNames(job: JobRun, reader: ImportReader, options: ImportOptions): Promise<TextSet> {
  const named = new TextSet()
  if (options.duplicates === 'create' || (await countStatistics(job, { kind: 'purchase' })) === 0) return named
  let read = 0
  const onProgress = (bytes: number) => {
    read = bytes
  }
  for await (const items of reader.read(onProgress)) {
    for (const item of items) if (item.kind === 'purchase' && item.draft.id) named.add(item.draft.id.toLowerCase())
    await job.progress('reading', read, reader.size)
  }
  return named
}

/** Imports what a reader gives, or (`dry_run`) says what would happen. */
export async function importAll(
  job: JobRun,
  { filename, reader }: { filename: string; reader: ImportReader },
  options: ImportOptions,
): Promise<ImportReport> {
  const moment = await getMoment(job)
  const takesAll = reader.complete && (await countStatistics(job, { kind: 'purchase' })) === 0
  const { files } = job
  const run: BatchRun = {
    jobId: job.id,
    dryRun: options.dry_run,
    overwrites: takesAll || options.duplicates === 'update',
    now: moment.now,
    idOf: new Map(),
    taken: new TextSet(),
    named: await readNames(job, reader, options),
    options,
    moment,
    files,
  }
  const report = emptyReport(job.id, { filename, source: reader.source }, options)
  for (const message of reader.warnings) report.warnings.push({ message })
  if (!options.dry_run) {
    const stored = await reader.storeFiles?.(files, (bytes) => job.progress('files', bytes, reader.size))
    for (const message of stored?.warnings ?? []) report.warnings.push({ message })
    // Attachments that came before without their bytes.
    for (const sha256 of stored?.stored ?? []) {
      const blob = await files.find(sha256)
      if (blob) await setFound(job, sha256, blob.size)
    }
    if (takesAll) await job.inTransaction((tx) => removeSeeds(tx, run))
  }

  const pass = new ImportPass(job, run, report, takesAll)
  const stage = options.dry_run ? 'checking' : 'importing'
  const pace = new Pace(() => job.isContended())
  let read = 0
  let written = 0
  let waiting: ImportItem[] = []
  const importSome = async (items: readonly ImportItem[]) => {
    await pace.time(items.length, () => pass.importItems(items))
    await job.progress(stage, read, reader.size)
  }
  const onProgress = (bytes: number) => {
    read = bytes
  }
  for await (const items of reader.read(onProgress)) {
    waiting = waiting.concat(items)
    // Rows may be large: those that wait are held whole, so few large ones go as many small ones do.
    while (waiting.length >= pace.size || (waiting.length > 0 && read - written > HELD_BYTES)) {
      await importSome(waiting.splice(0, pace.size))
      if (waiting.length === 0) written = read
    }
  }
  if (waiting.length > 0) await importSome(waiting)
  // A table says so before it is read.
  if (pass.lacksCurrency && !reader.table) {
    report.warnings.push({ message: `Purchases without a currency were taken to be in ${run.moment.base_currency}` })
  }
  return report
}
