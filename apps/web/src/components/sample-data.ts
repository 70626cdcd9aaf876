import { type ImportReport, type Job, uploadImportFile } from '@spends/client'
import { toast } from '../lib/announcements.ts'
import { api, ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { explain, type ShownFailure } from '../lib/failure.ts'
import { count, today } from '../lib/format.ts'
import { watchJob } from '../lib/jobs.ts'
import { t, tn } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'
import { SAMPLE_FILE, SAMPLE_TAG } from '../lib/sample-marks.ts'
import { readSettings } from '../lib/settings.ts'

/** Sample data to look around with: made by an import like any other, removed by taking that back. */
export function registerSampleData(): void {
  component('sampleMaker', () => ({
    isRunning: false,
    failure: null as ShownFailure | null,

    async make() {
      if (this.isRunning) return
      this.isRunning = true
      this.failure = null
      try {
        const job = await importSample()
        const { created } = job.result as ImportReport
        toast(tn('dashboard.sample_made', created, { count: count(created) }))
        this.$dispatch('sample-changed')
      } catch (error) {
        this.failure = error instanceof JobFailure ? error.shown : explain(error)
      } finally {
        this.isRunning = false
      }
    },
    get action() {
      return t(this.isRunning ? 'dashboard.sample_running' : 'dashboard.begin_sample')
    },
    /** What the button of a failure calls. */
    load() {
      return this.make()
    },
  }))

  component('sampleStrip', () => ({
    imported: resource(findSample),
    isRemoving: false,
    failure: null as ShownFailure | null,

    init() {
      void this.imported.load()
    },
    get isShown() {
      return this.imported.data !== null && this.imported.data.length > 0
    },
    async remove() {
      if (this.isRemoving) return
      this.isRemoving = true
      this.failure = null
      try {
        // The last one first: an earlier one may have made what a later one points at.
        for (const { id } of this.imported.data ?? []) await api.import.undo.mutate({ job_id: id })
        toast(t('dashboard.sample_removed'))
        this.$dispatch('sample-changed')
      } catch (error) {
        this.failure = explain(error)
      } finally {
        this.isRemoving = false
        await this.imported.load()
      }
    },
    get action() {
      return t(this.isRemoving ? 'dashboard.sample_removing' : 'dashboard.sample_remove')
    },
  }))
}

/** An import that came to its end without a report. */
class JobFailure extends Error {
  readonly shown: ShownFailure
  constructor({ id, error }: Job) {
    super(error ?? '')
    this.shown = { code: 'JOB_FAILED', text: error ?? '', requestId: id, fields: [] }
  }
}

async function importSample(): Promise<Job> {
  const { makeSample } = await import('../lib/sample-data.ts')
  const [{ base_currency }, retailers, brands] = await Promise.all([
    readSettings(),
    api.retailers.list.query(),
    api.brands.list.query(),
  ])
  const sample = makeSample({
    today: today(),
    now: new Date(),
    currency: base_currency,
    language: document.documentElement.lang,
    retailers: retailers.items,
    brands: brands.items,
  })
  const file = new Blob([JSON.stringify(sample)])
  const { id: file_id } = await uploadImportFile(ORIGIN, file, { filename: SAMPLE_FILE })
  // All of it or nothing: half a sample teaches nothing.
  const started = await api.import.run.mutate({ file_id, on_error: 'abort' })
  const job = await watchJob(started.id, () => {})
  if (job.status !== 'SUCCEEDED') throw new JobFailure(job)
  return job
}

/** The imports of sample data that were not taken back, the last one first. */
async function findSample(signal: AbortSignal): Promise<Job[]> {
  // Reports are long: they are only asked for where there is something that they could be about.
  const { total } = await api.purchases.list.query({ tag: SAMPLE_TAG, limit: 1 }, { signal })
  if (total === 0) return []
  const { items } = await api.jobs.list.query({ kind: 'IMPORT', status: 'SUCCEEDED', limit: 100 }, { signal })
  return items.filter((job) => {
    const { filename, dry_run, undone_at } = job.result as ImportReport
    return filename === SAMPLE_FILE && !dry_run && undone_at === null
  })
}
