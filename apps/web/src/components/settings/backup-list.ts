import { type Backup, backupUrl } from '@spends/client'
import { toast, toastFailure } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain } from '../../lib/failure.ts'
import { bytes, count, moment, relative } from '../../lib/format.ts'
import { t, tn } from '../../lib/messages.ts'
import { pager } from '../../lib/pager.ts'
import { resource } from '../../lib/resource.ts'
import { readSettings } from '../../lib/settings.ts'
import { onBackupsChanged, tellBackupsChanged } from '../../lib/work.ts'
import { passphraseProblem } from './passphrase-problem.ts'

/** The kept backups, and what can be done with each. */
export function registerBackupList(): void {
  component('backupList', () => {
    let reload = () => {}
    const place = pager(() => reload())
    return {
      list: resource(async (signal) => {
        const { skip, limit } = place
        const [page] = await Promise.all([api.backup.list.query({ skip, limit }, { signal }), readSettings()])
        return page
      }),
      pager: place,
      /** The id of the backup that is being proven. */
      verifying: '',
      /** The backup that asks for its passphrase. */
      locked: null as Backup | null,
      passphrase: '',
      passphraseProblem: '',

      init() {
        reload = () => void this.list.load()
        this.$watch('list.data', () => {
          if (this.list.data) this.pager.take(this.list.data)
        })
        reload()
        onBackupsChanged(reload)
      },

      get backups() {
        return this.list.data?.items ?? []
      },
      get isEmpty() {
        return this.list.data?.total === 0
      },
      url(backup: Backup) {
        return backupUrl(ORIGIN, backup)
      },
      made({ created_at }: Backup) {
        return moment(created_at)
      },
      ago({ created_at }: Backup) {
        return relative(created_at)
      },
      trigger({ trigger }: Backup) {
        return t(`settings.trigger_${trigger}`)
      },
      size({ size, file_count }: Backup) {
        return `${bytes(size)}, ${tn('settings.line_files', file_count, { count: count(file_count) })}`
      },
      lost({ missing_files }: Backup) {
        return missing_files === 0 ? '' : tn('settings.missing_files', missing_files, { count: count(missing_files) })
      },
      proof({ verified_at }: Backup) {
        return verified_at === null ? t('settings.unproven') : t('settings.proven', { when: relative(verified_at) })
      },
      label(what: 'verify' | 'download' | 'restore' | 'delete', backup: Backup) {
        return t(`settings.${what}_of`, { when: moment(backup.created_at) })
      },
      verifyingText: t('settings.verifying'),
      get isBusy() {
        return this.verifying !== ''
      },
      isVerifying({ id }: Backup) {
        return this.verifying === id
      },

      /** Proves a backup anew. One that is locked asks for its passphrase, and is tried again with it. */
      async verify(backup: Backup, passphrase?: string) {
        if (this.verifying !== '') return
        this.verifying = backup.id
        try {
          const given = passphrase === undefined ? {} : { passphrase }
          const { verified_at, problems } = await api.backup.verify.mutate({ id: backup.id, ...given })
          this.close()
          if (verified_at !== null) toast(t('settings.verified'))
          else toastFailure(t('settings.verify_damaged', { problems: problems.join(' ') }))
          tellBackupsChanged()
        } catch (error) {
          const failure = explain(error)
          const problem = passphraseProblem(failure, passphrase)
          if (problem === '') toastFailure(failure.text)
          else this.ask(backup, problem)
        } finally {
          this.verifying = ''
        }
      },
      ask(backup: Backup, problem: string) {
        this.locked = backup
        this.passphrase = ''
        this.passphraseProblem = problem
        const dialog = this.$refs.locked as HTMLDialogElement
        if (!dialog.open) dialog.showModal()
        dialog.querySelector('input')?.focus()
      },
      async unlock() {
        if (this.locked) await this.verify(this.locked, this.passphrase)
      },
      close() {
        const dialog = this.$refs.locked as HTMLDialogElement
        if (dialog.open) dialog.close()
        this.locked = null
        this.passphrase = ''
      },

      restore(backup: Backup | null) {
        this.$dispatch('spends:restore', backup)
      },
      async remove(backup: Backup) {
        const title = t('settings.delete_title', { when: moment(backup.created_at) })
        const text = t('settings.delete_text')
        if (!(await confirm({ title, text, action: t('common.delete'), isDangerous: true }))) return
        try {
          await api.backup.delete.mutate({ id: backup.id })
          toast(t('settings.deleted'))
          tellBackupsChanged()
          this.$root.querySelector<HTMLElement>('h3')?.focus()
        } catch (error) {
          toastFailure(explain(error).text)
        }
      },
    }
  })
}
