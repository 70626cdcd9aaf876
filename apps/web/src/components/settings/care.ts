import { toastFailure } from '../../lib/announcements.ts'
import { api } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain } from '../../lib/failure.ts'
import { t } from '../../lib/messages.ts'
import { follow } from '../../lib/work.ts'

/** Typed before all is erased; it is also what the API wants to hear. */
const WORD = 'ERASE'

/** A look at all files, and the erasing of all data. Both are jobs: what comes of them is shown with the backups. */
export function registerCare(): void {
  component('care', () => ({
    isStarting: false,

    async checkFiles() {
      await this.begin(() => api.attachments.integrity.mutate({}))
    },
    async erase() {
      const title = t('settings.erase_title')
      const question = { title, text: t('settings.erase_text'), action: t('settings.erase_action') }
      if (!(await confirm({ ...question, isDangerous: true, word: WORD }))) return
      await this.begin(() => api.backup.erase.mutate({ confirm: WORD }))
    },
    async begin(start: () => ReturnType<typeof api.backup.erase.mutate>) {
      if (this.isStarting) return
      this.isStarting = true
      try {
        follow(await start())
      } catch (error) {
        toastFailure(explain(error).text)
      } finally {
        this.isStarting = false
      }
    },
  }))
}
