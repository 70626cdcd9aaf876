import type { ImportReport } from '@spends/client'
import { announce, toast } from './announcements.ts'
import { api } from './api.ts'
import { confirm } from './confirm.ts'
import { explain, type ShownFailure } from './failure.ts'
import { counted } from './import-report.ts'
import { t } from './messages.ts'

/** Taking imports back, and how it stands with that. Made for a component's data. */
export interface ImportUndoing {
  /** The job of the import that is being taken back; empty while none is. */
  job: string
  /** Why it was refused; its fields name what was touched since. */
  failure: ShownFailure | null
  /** What stayed although the import had made it. */
  kept: readonly { id: string; name: string; reason: string }[]
  readonly hasKept: boolean
  isBusy(job: string): boolean
  /** Asks, takes it back and says so. @returns whether it was taken back */
  undo(report: ImportReport): Promise<boolean>
}

export function importUndoing(): ImportUndoing {
  return {
    job: '',
    failure: null,
    kept: [],
    get hasKept() {
      return this.kept.length > 0
    },
    isBusy(job) {
      return this.job === job
    },
    async undo({ job_id, created, updated }) {
      if (this.job) return false
      this.failure = null
      this.kept = []
      const yes = await confirm({
        title: t('import.undo_title'),
        text: [
          created > 0 ? counted('import.undo_created', created) : '',
          updated > 0 ? counted('import.undo_updated', updated) : '',
          t('import.undo_rule'),
        ].join(' '),
        action: t('import.undo'),
        isDangerous: true,
      })
      if (!yes) return false
      this.job = job_id
      announce(t('import.undoing'))
      try {
        const { purchases_removed: removed, kept } = await api.import.undo.mutate({ job_id })
        this.kept = kept
        toast(counted('import.undone', removed))
        return true
      } catch (error) {
        this.failure = explain(error)
        return false
      } finally {
        this.job = ''
      }
    },
  }
}
