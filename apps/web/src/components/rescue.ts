import {
  type Backup,
  findRescueReason,
  listRescueBackups,
  planRescue,
  type RescueSource,
  type RestorePlan,
  rescue,
} from '@spends/client'
import { ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { explain, type ShownFailure } from '../lib/failure.ts'
import { bytes, count, moment } from '../lib/format.ts'
import { t } from '../lib/messages.ts'

/** The settings are in the damaged database: the page was chosen by the language of its reader. */
const HOME = {
  locale: document.documentElement.lang,
  date_format: 'YMD',
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
} as const
const ASK_MS = 1000

/** From a damaged database back to a whole instance: choose a backup, see what comes back, restore it. */
export function registerRescue(): void {
  component('rescue', () => ({
    step: 'choose' as 'choose' | 'plan',
    reason: '',
    backups: [] as { id: string; text: string }[],
    isEmpty: false,
    chosen: 'file',
    file: null as File | null,
    passphrase: '',
    asksPassphrase: false,
    plan: null as RestorePlan | null,
    refusal: '',
    failure: '',
    /** What it does at the moment, in words. */
    working: '',

    async init() {
      await this.attempt('', async () => {
        const [reason, { items }] = await Promise.all([findRescueReason(ORIGIN), listRescueBackups(ORIGIN)])
        this.reason = reason === undefined ? '' : t('rescue.reason', { reason })
        this.backups = items.map((backup) => ({ id: backup.id, text: textOf(backup) }))
        this.isEmpty = items.length === 0
        this.chosen = items[0]?.id ?? 'file'
      })
    },
    isStep(step: string) {
      return this.step === step
    },
    get isFile() {
      return this.chosen === 'file'
    },
    get isWorking() {
      return this.working !== ''
    },
    get source(): RescueSource | null {
      if (!this.isFile) return { backup_id: this.chosen }
      return this.file && { file: this.file }
    },
    get isBlocked() {
      return this.isWorking || this.source === null
    },
    get opening() {
      return this.passphrase === '' ? {} : { passphrase: this.passphrase }
    },
    take(event: Event) {
      this.file = (event.target as HTMLInputElement).files?.[0] ?? null
    },
    back() {
      this.step = 'choose'
    },

    async inspect() {
      const { source } = this
      if (!source) return
      await this.attempt(t('rescue.inspecting'), async () => {
        this.plan = await planRescue(ORIGIN, source, this.opening)
        this.step = 'plan'
        await this.$nextTick(() => this.$refs.plan?.focus())
      })
    },
    get planText() {
      if (!this.plan) return ''
      const { created_at, tables, files } = this.plan
      const counted = (value = 0) => count(value, HOME)
      return t('rescue.plan_text', {
        when: moment(created_at, HOME),
        purchases: counted(tables.purchases?.after),
        warranties: counted(tables.warranties?.after),
        files: counted(files.total),
      })
    },
    get warnings() {
      return this.plan?.warnings ?? []
    },
    async restore() {
      const { source } = this
      if (!source) return
      await this.attempt(t('rescue.restoring'), async () => {
        await rescue(ORIGIN, source, this.opening)
        this.working = t('rescue.starting')
        await untilWhole()
        location.assign('/')
      })
    },

    /** @param words say what is done meanwhile */
    async attempt(words: string, work: () => Promise<void>) {
      this.working = words
      this.failure = ''
      try {
        await work()
      } catch (error) {
        this.refuse(explain(error))
      } finally {
        this.working = ''
      }
    },
    refuse({ code, text, fields }: ShownFailure) {
      const isLocked = fields.some(({ path }) => path === 'passphrase')
      const isFirst = !this.asksPassphrase
      if (isLocked) this.asksPassphrase = true
      this.step = 'choose'
      this.refusal =
        code === 'BAD_REQUEST' || code === 'UNPROCESSABLE_CONTENT' ? t('rescue.refused') : t('rescue.failed')
      this.failure = isLocked ? t(isFirst ? 'rescue.passphrase_needed' : 'rescue.passphrase_wrong') : text
    },
  }))
}

function textOf({ created_at, size, verified_at, encrypted }: Backup): string {
  const notes = [
    t('rescue.backup', { when: moment(created_at, HOME), size: bytes(size, HOME) }),
    ...(encrypted ? [t('rescue.encrypted')] : []),
    ...(verified_at === null ? [t('rescue.unproven')] : []),
  ]
  return notes.join(', ')
}

/** Resolves when the whole instance answers at this address. */
async function untilWhole(): Promise<void> {
  for (;;) {
    // While one server ends and the other begins nobody answers at all.
    const answer = await fetch('/readyz').catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, ASK_MS))
  }
}
