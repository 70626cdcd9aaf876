import { backupUrl, type Job } from '@spends/client'
import { announce, toastFailure } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { type BackupState, stateOf, statusLine } from '../../lib/backup-words.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain, type ShownFailure } from '../../lib/failure.ts'
import { isOver, watchJob } from '../../lib/jobs.ts'
import { t } from '../../lib/messages.ts'
import { resource } from '../../lib/resource.ts'
import { readSettings } from '../../lib/settings.ts'
import { follow, keepWork, keptWork, onBackupsChanged, onFollow, tellBackupsChanged } from '../../lib/work.ts'
import { isWork, type Stage, stagesOf, WORK_KINDS, type WorkKind } from '../../lib/work-stages.ts'
import { resultOf } from './work-result.ts'

const CHIPS: Readonly<Record<BackupState, string>> = {
  none: 'chip-warn',
  healthy: 'chip-good',
  overdue: 'chip-warn',
  failed: 'chip-bad',
  running: 'chip-info',
}

/** What leaves nothing as it was. */
const REPLACING: ReadonlySet<string> = new Set<WorkKind>(['RESTORE', 'ERASE'])

/** How it stands with the backups, and the work that is under way: its stages, and what came of it. */
export function registerBackupWork(): void {
  component('backupWork', () => ({
    status: resource((signal) => Promise.all([api.backup.status.query(undefined, { signal }), readSettings()])),
    job: null as Job | null,
    failure: null as ShownFailure | null,
    isStarting: false,
    isCancelling: false,

    init() {
      void this.status.load()
      onBackupsChanged(() => void this.status.load())
      onFollow((job) => {
        this.watch(job)
        // Whatever was pressed to begin it may be far below.
        this.$root.scrollIntoView()
        this.$root.querySelector<HTMLElement>('h3')?.focus()
      })
      void this.resume()
    },
    /** What is under way, whoever began it; else what this window followed last. */
    async resume() {
      try {
        const { items } = await api.jobs.list.query({ kind: WORK_KINDS, status: ['QUEUED', 'RUNNING'], limit: 1 })
        const kept = keptWork()
        const job = items[0] ?? (kept === null ? null : await api.jobs.get.query({ id: kept }))
        await readSettings()
        if (job) this.watch(job)
      } catch (error) {
        const { code } = explain(error)
        if (code === 'NOT_FOUND') keepWork(null)
        else this.resumeLater()
      }
    },
    /** When the instance is back, or when the line above is read again: a failure of it offers that. */
    resumeLater() {
      const again = new AbortController()
      const resume = () => {
        again.abort()
        void this.resume()
      }
      for (const event of ['spends:back', 'spends:backups']) window.addEventListener(event, resume, again)
    },
    /** Shows a job until somebody dismisses it. */
    watch(job: Job) {
      this.job = job
      this.failure = null
      this.isCancelling = false
      keepWork(job.id)
      if (isOver(job)) return
      void this.status.load()
      const isNewest = () => this.job?.id === job.id
      watchJob(job.id, (now) => {
        if (isNewest()) this.job = now
      }).then(
        (end) => {
          if (isNewest()) this.finish(end)
        },
        (error: unknown) => {
          this.failure = explain(error)
        },
      )
    },
    finish(job: Job) {
      // Whatever this page has read is of before; what came of it is kept, and shown again.
      if (REPLACING.has(job.kind) && job.status === 'SUCCEEDED') return location.reload()
      announce(resultOf(job).text)
      tellBackupsChanged()
    },

    get state(): BackupState {
      const [status] = this.status.data ?? []
      return status ? stateOf(status) : 'none'
    },
    get stateText() {
      return t(`settings.state_${this.state}`)
    },
    get chip() {
      return CHIPS[this.state]
    },
    get line() {
      const [status] = this.status.data ?? []
      return status ? statusLine(status) : ''
    },
    get problemTitle() {
      if (this.state === 'failed') return t('settings.problem_failed')
      return this.state === 'overdue' ? t('settings.problem_overdue') : ''
    },
    get problem() {
      return this.status.data?.[0].problem ?? ''
    },
    get lastUrl() {
      const last = this.status.data?.[0].last_backup
      return last ? backupUrl(ORIGIN, last) : null
    },

    get isWorking() {
      return this.job !== null && !isOver(this.job)
    },
    get title() {
      return this.job && isWork(this.job) ? t(`settings.job_${this.job.kind}`) : ''
    },
    get isQueued() {
      return this.job?.status === 'QUEUED'
    },
    get isSwitching() {
      return this.job?.stage === 'switch' || this.job?.stage === 'erase'
    },
    get canCancel() {
      return this.isWorking && !this.isSwitching && !this.isCancelling
    },
    get stages() {
      if (!this.job) return []
      const { kind } = this.job
      return stagesOf(this.job).map((stage) => ({
        ...stage,
        text: t(`settings.stage_${kind === 'RESTORE' && stage.name === 'files' ? 'put_files' : stage.name}`),
        stateText: t(`settings.stage_${stage.state}`),
      }))
    },
    percentText({ percent }: Stage) {
      return percent === null ? '' : `${percent} %`
    },
    get result() {
      return this.job && isOver(this.job) ? resultOf(this.job) : null
    },
    get resultUrl() {
      return this.result?.backup ? backupUrl(ORIGIN, this.result.backup) : null
    },

    async backUp() {
      if (this.isStarting) return
      this.isStarting = true
      this.failure = null
      try {
        follow(await api.backup.create.mutate({}))
      } catch (error) {
        this.failure = explain(error)
      } finally {
        this.isStarting = false
      }
    },
    async cancel() {
      if (!this.job) return
      this.isCancelling = true
      announce(t('settings.cancelling'))
      try {
        await api.jobs.cancel.mutate({ id: this.job.id })
      } catch (error) {
        // It came to its end meanwhile, which is shown as soon as it is told.
        const { code, text } = explain(error)
        if (code === 'CONFLICT') return
        this.isCancelling = false
        toastFailure(text)
      }
    },
    get undoLabel() {
      return this.job?.kind === 'ERASE' ? t('settings.undo_erase') : t('settings.undo_restore')
    },
    async undo() {
      const id = this.result?.undo
      if (!id) return
      const action = this.undoLabel
      const text = this.job?.kind === 'ERASE' ? t('settings.undo_erase_text') : t('settings.undo_restore_text')
      if (!(await confirm({ title: action, text, action }))) return
      try {
        follow(await api.backup.restore.mutate({ id }))
      } catch (error) {
        toastFailure(explain(error).text)
      }
    },
    dismiss() {
      this.job = null
      keepWork(null)
      this.$root.querySelector<HTMLElement>('[data-first]')?.focus()
    },
    get isBusy() {
      return this.failure?.code === 'CONFLICT'
    },
  }))
}
