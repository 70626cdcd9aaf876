import Alpine from '@alpinejs/csp'
import { type BulkChange, type BulkReport, exportUrl, type Job } from '@spends/client'
import { toast, toastFailure } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain } from '../../lib/failure.ts'
import { progressOf, watchJob } from '../../lib/jobs.ts'
import { t, tn } from '../../lib/messages.ts'
import type { Filter } from '../../lib/purchase-filter.ts'
import { type Combobox, combobox } from '../combobox.ts'
import { findTags } from './filters.ts'
import type { Selection } from './selection.ts'

/** What can be done with all selected purchases at once. */
export interface Bulk {
  /** The job that does it; null while nothing is done. */
  job: Job | null
  size: number
  tag: Combobox
  readonly isBusy: boolean
  readonly progress: number | null
  readonly workLabel: string
  setStatus(status: 'ORDERED' | 'RECEIVED'): Promise<void>
  addTag(): Promise<void>
  removeTag(): Promise<void>
  remove(): Promise<void>
  exportAddress(format: 'csv' | 'json'): string
  stop(): Promise<void>
}

/**
 * @param picked which purchases are meant @param filter what the list shows, for all of it
 * @param onDone reads the list again; everything or nothing has happened
 */
export function bulk(picked: () => Selection, filter: () => Filter, onDone: () => Promise<void>): Bulk {
  const which = () => (picked().isEverything ? { filter: { ...filter() } } : { ids: [...picked().ids] })

  const made: Bulk = Alpine.reactive<Bulk>({
    job: null,
    size: 0,
    tag: combobox({
      find: findTags,
      create: async (name) => ({ id: name, name }),
      onChoose() {},
    }),

    get isBusy() {
      return this.job !== null
    },
    get progress() {
      return this.job && progressOf(this.job)
    },
    get workLabel() {
      return tn('inventory.bulk_working', this.size)
    },
    setStatus(status) {
      return change({ status })
    },
    async addTag() {
      const tag = this.tag.words.trim()
      if (tag !== '') await change({ add_tags: [tag] })
    },
    async removeTag() {
      const tag = this.tag.words.trim()
      if (tag !== '') await change({ remove_tags: [tag] })
    },
    async remove() {
      // What the question is about, whatever the list shows by the time it is answered.
      const meant = which()
      const { size } = picked()
      const question = { title: tn('inventory.bulk_delete_title', size), text: t('inventory.bulk_delete_text') }
      if (!(await confirm({ ...question, action: t('common.delete'), isDangerous: true }))) return
      await run(() => api.bulk.delete.mutate(meant), 'inventory.bulk_deleted')
    },
    exportAddress(format) {
      const { isEverything, ids } = picked()
      return exportUrl(ORIGIN, format, isEverything ? filter() : { id: ids })
    },
    async stop() {
      if (!this.job) return
      try {
        await api.jobs.cancel.mutate({ id: this.job.id })
      } catch (error) {
        // It was over already, and says so itself.
        const { code, text } = explain(error)
        if (code !== 'CONFLICT') toastFailure(text)
      }
    },
  })

  function change(changes: BulkChange['changes']): Promise<void> {
    return run(() => api.bulk.change.mutate({ ...which(), changes }), 'inventory.bulk_changed')
  }

  async function run(
    start: () => Promise<Job>,
    done: 'inventory.bulk_changed' | 'inventory.bulk_deleted',
  ): Promise<void> {
    if (made.isBusy) return
    made.size = picked().size
    try {
      made.job = await start()
      const job = await watchJob(made.job.id, (now) => {
        made.job = now
      })
      if (job.status === 'SUCCEEDED') {
        const { changed, job_id } = job.result as BulkReport
        made.tag.show(null)
        toast(tn(done, changed), { label: t('common.undo'), run: () => void undo(job_id) })
      } else if (job.status === 'CANCELLED') toast(t('inventory.bulk_cancelled'))
      else toastFailure(job.error ?? t('common.failed'))
    } catch (error) {
      const { fields, text } = explain(error)
      const tag = fields.find(({ path }) => path.includes('_tags'))
      if (tag) made.tag.problem = tag.message
      else toastFailure(text)
    } finally {
      made.job = null
      await onDone()
    }
  }

  async function undo(job_id: string): Promise<void> {
    try {
      await api.bulk.undo.mutate({ job_id })
      toast(t('inventory.bulk_undone'))
    } catch (error) {
      toastFailure(explain(error).text)
    }
    await onDone()
  }
  return made
}
