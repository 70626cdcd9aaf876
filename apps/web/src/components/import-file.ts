import { uploadImportFile } from '@spends/client'
import { ORIGIN } from '../lib/api.ts'
import { component } from '../lib/component.ts'
import { bytes } from '../lib/format.ts'
import { NO_IMPORT } from '../lib/import-state.ts'
import { t } from '../lib/messages.ts'
import { resource } from '../lib/resource.ts'
import { focusHeading, wizard } from './import-wizard.ts'

/** What a retry may help against; a file that is refused is refused again. */
const PASSING = ['NO_ANSWER', 'SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']
const WORKBOOK = /\.(xlsx?|xlsm|ods|numbers)$/i

/** The first step: a file by the picker, dropped, or pasted. */
export function registerImportFile(): void {
  component('importFile', () => {
    let chosen = new File([], '')
    let asked = new AbortController()
    let onProgress = (_share: number) => {}
    const listening = new AbortController()
    return {
      isOver: false,
      name: '',
      size: 0,
      /** What of it has been sent, 0 to 1. */
      share: 0,
      /** Something wrong with what was chosen, before anything is sent. */
      problem: '',
      upload: resource(async (signal) => {
        asked = new AbortController()
        const either = AbortSignal.any([signal, asked.signal])
        const file = await uploadImportFile(ORIGIN, chosen, {
          signal: either,
          onProgress: (share) => onProgress(share),
        })
        wizard().go({ ...NO_IMPORT, file: file.id, name: file.filename })
        return file
      }),

      init() {
        focusHeading(this.$root)
        onProgress = (share) => {
          this.share = share
        }
        window.addEventListener('paste', (event) => this.paste(event), { signal: listening.signal })
      },
      destroy() {
        listening.abort()
        asked.abort()
      },

      pick(event: Event) {
        const input = event.target as HTMLInputElement
        this.take([...(input.files ?? [])])
        // The same file can be chosen again once it was mended.
        input.value = ''
      },
      drop(event: DragEvent) {
        this.isOver = false
        this.take([...(event.dataTransfer?.files ?? [])])
      },
      drag(isOver: boolean) {
        this.isOver = isOver
      },
      paste({ clipboardData, target }: ClipboardEvent) {
        if (target instanceof HTMLInputElement || document.querySelector('dialog[open]')) return
        const files = [...(clipboardData?.files ?? [])]
        const text = clipboardData?.getData('text/plain') ?? ''
        if (files.length > 0) this.take(files)
        // Cells of a spreadsheet come as text.
        else if (text.trim() !== '') this.take([new File([text], t('import.pasted'))])
      },
      take(files: File[]) {
        const [file] = files
        if (!file) return
        this.problem = files.length > 1 ? t('import.one_file') : ''
        if (this.problem) return
        chosen = file
        this.name = file.name
        this.size = file.size
        this.share = 0
        void this.upload.load()
      },
      cancel() {
        asked.abort()
      },

      get sending() {
        return t('import.sending', { name: this.name, size: bytes(this.size) })
      },
      get refusal() {
        const { failure } = this.upload
        if (failure?.code === 'PAYLOAD_TOO_LARGE') return t('import.too_large', { size: bytes(this.size) })
        return failure?.text ?? ''
      },
      get hint() {
        return this.upload.failure && WORKBOOK.test(this.name) ? t('import.workbook_hint') : ''
      },
      get mayRetry() {
        return PASSING.includes(this.upload.failure?.code ?? '')
      },
    }
  })
}
