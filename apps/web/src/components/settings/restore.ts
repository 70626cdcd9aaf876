import { type Backup, planRestoreFile, type RestorePlan, restoreFile } from '@spends/client'
import { announce } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { explain, isAbort, type ShownFailure } from '../../lib/failure.ts'
import { bytes, count, moment } from '../../lib/format.ts'
import { type MessageKey, t, tn } from '../../lib/messages.ts'
import { readSettings } from '../../lib/settings.ts'
import { follow } from '../../lib/work.ts'
import { passphraseProblem } from './passphrase-problem.ts'

const STEPS = ['choose', 'changes', 'confirm'] as const
type Step = (typeof STEPS)[number]

/** Typed before all data is replaced. The same in every language, so that no habit types it. */
const WORD = 'RESTORE'

/** From a backup to its restore: look at it, see what changes, confirm. Nothing happens before the last step. */
export function registerRestore(): void {
  component('restoreDialog', () => {
    let reading: AbortController | undefined
    return {
      step: 'choose' as Step,
      /** Of the list; null where a file is sent. */
      backup: null as Backup | null,
      file: null as File | null,
      passphrase: '',
      passphraseProblem: '',
      plan: null as RestorePlan | null,
      failure: null as ShownFailure | null,
      isReading: false,
      /** What of the file has been sent, 0 to 1. */
      share: 0,
      isStarting: false,
      typed: '',
      typeLabel: t('common.type_word', { word: WORD }),

      init() {
        window.addEventListener('spends:restore', (event) => this.open((event as CustomEvent<Backup | null>).detail))
      },
      open(backup: Backup | null) {
        const fresh = { step: 'choose' as Step, file: null, passphrase: '', passphraseProblem: '', plan: null }
        Object.assign(this, { ...fresh, backup, failure: null, typed: '' })
        const dialog = this.$root as HTMLDialogElement
        dialog.querySelector('form')?.reset()
        dialog.showModal()
        if (backup) void this.inspect()
      },
      close() {
        ;(this.$root as HTMLDialogElement).close()
      },
      closed() {
        reading?.abort()
        this.passphrase = ''
      },

      get steps() {
        return STEPS.map((step, index) => ({
          step,
          text: t(`settings.step_${step}`),
          current: step === this.step ? 'step' : null,
          isDone: index < STEPS.indexOf(this.step),
        }))
      },
      isStep(step: Step) {
        return this.step === step
      },
      go(step: Step) {
        this.step = step
        void this.$nextTick(() => this.$root.querySelector<HTMLElement>(`[data-step="${step}"] h3`)?.focus())
      },
      choose(event: Event) {
        this.file = (event.target as HTMLInputElement).files?.[0] ?? null
        this.failure = null
        this.passphraseProblem = ''
        if (this.file) void this.inspect()
      },
      get needsPassphrase() {
        return this.passphraseProblem !== ''
      },
      get opening() {
        return this.passphrase === '' ? {} : { passphrase: this.passphrase }
      },

      /** Reads all of the backup, and goes on to what it would change. */
      async inspect() {
        reading?.abort()
        const own = new AbortController()
        reading = own
        this.isReading = true
        this.share = 0
        this.failure = null
        announce(this.file ? this.sending : t('settings.inspecting'))
        try {
          const { signal } = own
          const options = { ...this.opening, signal, onProgress: (share: number) => this.sent(share) }
          const plan = this.backup
            ? await api.backup.plan.mutate({ id: this.backup.id, ...this.opening }, { signal })
            : this.file && (await planRestoreFile(ORIGIN, this.file, options))
          await readSettings()
          if (reading !== own || own.signal.aborted || !plan) return
          this.plan = plan
          this.passphraseProblem = ''
          this.go('changes')
        } catch (error) {
          if (own.signal.aborted || isAbort(error)) return
          this.refuse(error)
        } finally {
          if (reading === own) this.isReading = false
        }
      },
      sent(share: number) {
        if (share === 1 && this.share < 1 && this.isReading) announce(t('settings.inspecting'))
        this.share = share
      },
      /** A file is on its way; what comes after that is done by the instance. */
      get isSending() {
        return this.file !== null && (this.isReading || this.isStarting) && this.share < 1
      },
      get sending() {
        return this.file ? t('settings.sending', { name: this.file.name }) : ''
      },
      refuse(error: unknown) {
        const failure = explain(error)
        this.passphraseProblem = passphraseProblem(failure, this.passphrase)
        this.failure = this.passphraseProblem === '' ? failure : null
        if (this.needsPassphrase) void this.$nextTick(() => this.$refs.passphrase?.focus())
      },
      /** What kind of refusal it is, in the words of this page; the instance's own say what exactly. */
      get refusal() {
        if (this.failure?.code === 'BAD_REQUEST') return t('settings.refused_damaged')
        if (this.failure?.code === 'UNPROCESSABLE_CONTENT') return t('settings.refused_newer')
        return this.failure?.code === 'CONFLICT' ? t('settings.busy') : t('settings.refused_other')
      },
      get isMaybeExport() {
        return this.failure?.code === 'BAD_REQUEST' && this.backup === null
      },

      get planTitle() {
        return this.plan ? t('settings.plan_of', { when: moment(this.plan.created_at) }) : ''
      },
      get planBy() {
        return this.plan ? t('settings.plan_by', { version: this.plan.app_version }) : ''
      },
      get rows() {
        return Object.entries(this.plan?.tables ?? {})
          .filter(([name]) => name !== 'settings')
          .map(([name, { now, after }]) => ({
            name: t(`settings.table_${name}` as MessageKey),
            now: now === null ? '–' : count(now),
            after: count(after),
            differs: now !== after,
          }))
      },
      get files() {
        const { total = 0, to_add = 0, bytes_to_add = 0 } = this.plan?.files ?? {}
        if (total === 0) return t('settings.plan_no_files')
        const missing = { count: count(to_add), size: bytes(bytes_to_add) }
        const added = to_add === 0 ? t('settings.plan_files_none') : tn('settings.plan_files_add', to_add, missing)
        return `${tn('settings.plan_files', total, { count: count(total) })} ${added}`
      },
      get migrations() {
        const { length = 0 } = this.plan?.migrations ?? []
        return length === 0 ? '' : tn('settings.plan_migrations', length)
      },
      get warnings() {
        return this.plan?.warnings ?? []
      },

      get isBlocked() {
        return this.typed.trim() !== WORD || this.isStarting
      },
      /** Queues the restore; its progress is shown on the page, which survives a reload. */
      async start() {
        if (this.isBlocked) return
        this.isStarting = true
        this.share = 0
        this.failure = null
        try {
          const job = this.backup
            ? await api.backup.restore.mutate({ id: this.backup.id, ...this.opening })
            : this.file &&
              (await restoreFile(ORIGIN, this.file, { ...this.opening, onProgress: (share) => this.sent(share) }))
          if (!job) return
          this.close()
          follow(job)
        } catch (error) {
          this.refuse(error)
          if (this.needsPassphrase) this.step = 'choose'
        } finally {
          this.isStarting = false
        }
      },
    }
  })
}
