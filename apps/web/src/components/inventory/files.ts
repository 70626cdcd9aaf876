import Alpine from '@alpinejs/csp'
import { type Attachment, attachmentUrl, uploadAttachment } from '@spends/client'
import { announce, toast, toastFailure } from '../../lib/announcements.ts'
import { api, ORIGIN } from '../../lib/api.ts'
import { confirm } from '../../lib/confirm.ts'
import { explain, isAbort } from '../../lib/failure.ts'
import { bytes } from '../../lib/format.ts'
import { type MessageKey, t } from '../../lib/messages.ts'

type Kind = Attachment['kind']

/** A file that is not with the purchase yet. */
interface Waiting {
  key: number
  file: File
  name: string
  kind: Kind
  /** An address of its picture in this page; empty for what is none. */
  picture: string
  state: 'waiting' | 'sending' | 'failed'
  /** What is the matter with it. */
  note: string
  /** What of it has been sent, 0 to 1. */
  share: number
}

/** A file of the purchase. */
interface Kept {
  id: string
  name: string
  note: string
  url: string
  picture: string
  isAvailable: boolean
}

/** The files of the purchase in the drawer: those it has, and those that are on their way. */
export interface Files {
  /** The purchase; empty while it is not saved, and files wait. */
  purchaseId: string
  kept: Kept[]
  waiting: Waiting[]
  kind: Kind
  isOver: boolean
  readonly isEmpty: boolean
  readonly isSending: boolean
  readonly hasWaiting: boolean
  readonly failed: number
  show(purchaseId: string, attachments: readonly Attachment[]): void
  take(files: Iterable<File>): void
  choose(event: Event): void
  paste(event: ClipboardEvent): void
  dragOver(event: DragEvent): void
  drop(event: DragEvent): void
  dragLeave(event: DragEvent): void
  /** Sends all that waits, one after the other. Never rejects: what fails says why, and stays. */
  send(): Promise<void>
  retry(file: Waiting): void
  discard(file: Waiting): void
  /** As `discard`, by its button. */
  giveUp(file: Waiting): void
  remove(file: Kept): Promise<void>
  label(what: 'open' | 'download' | 'delete' | 'retry' | 'kind_of', file: { name: string }): string
}

const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/

/** Nothing is attached at first. */
export function files(): Files {
  let last = 0
  let sending: Promise<void> | undefined
  let stop = new AbortController()

  const made: Files = Alpine.reactive<Files>({
    purchaseId: '',
    kept: [],
    waiting: [],
    kind: 'RECEIPT',
    isOver: false,

    get isEmpty() {
      return this.kept.length === 0 && this.waiting.length === 0
    },
    get isSending() {
      return this.waiting.some(({ state }: Waiting) => state === 'sending')
    },
    get hasWaiting() {
      return this.waiting.length > 0
    },
    get failed() {
      return this.waiting.filter(({ state }: Waiting) => state === 'failed').length
    },
    show(purchaseId, attachments) {
      stop.abort()
      stop = new AbortController()
      for (const { picture } of this.waiting) forget(picture)
      Object.assign(this, { purchaseId, waiting: [], isOver: false, kept: attachments.map(toKept) })
    },
    take(given) {
      for (const file of given) {
        const picture = PICTURES.test(file.type) ? URL.createObjectURL(file) : ''
        const note = t('inventory.file_waiting')
        this.waiting.push({
          key: ++last,
          file,
          name: file.name,
          kind: this.kind,
          picture,
          state: 'waiting',
          note,
          share: 0,
        })
      }
      if (this.purchaseId !== '') void this.send()
    },
    choose(event) {
      const input = event.target as HTMLInputElement
      this.take(input.files ?? [])
      // The same file can be chosen again.
      input.value = ''
    },
    paste(event) {
      const pasted = event.clipboardData?.files
      if (!pasted?.length) return
      event.preventDefault()
      this.take(pasted)
    },
    dragOver(event) {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      this.isOver = true
    },
    dragLeave(event) {
      const inside = (event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)
      if (!inside) this.isOver = false
    },
    drop(event) {
      if (!event.dataTransfer?.files.length) return
      event.preventDefault()
      this.isOver = false
      this.take(event.dataTransfer.files)
    },
    async send() {
      sending ??= sendAll().finally(() => {
        sending = undefined
      })
      await sending
    },
    retry(file) {
      file.state = 'waiting'
      void this.send()
    },
    discard({ key, picture }) {
      forget(picture)
      this.waiting = this.waiting.filter((one) => one.key !== key)
    },
    giveUp(file) {
      this.discard(file)
      focusSection()
    },
    async remove({ id, name }) {
      const question = { title: t('inventory.file_delete_title', { name }), text: t('inventory.file_delete_text') }
      if (!(await confirm({ ...question, action: t('common.delete'), isDangerous: true }))) return
      try {
        await api.attachments.delete.mutate({ id })
      } catch (error) {
        const failure = explain(error)
        // Who else deleted it did what was wanted.
        if (failure.code !== 'NOT_FOUND') return toastFailure(failure.text)
      }
      this.kept = this.kept.filter((one) => one.id !== id)
      focusSection()
      toast(t('inventory.file_deleted', { name }))
    },
    label(what, { name }) {
      return t(`inventory.file_${what}`, { name })
    },
  })

  async function sendAll(): Promise<void> {
    const { purchaseId } = made
    const { signal } = stop
    while (true) {
      const next = made.waiting.find(({ state }) => state === 'waiting')
      if (!next || signal.aborted) return
      next.state = 'sending'
      next.share = 0
      next.note = t('inventory.file_sending', { size: bytes(next.file.size) })
      try {
        const attachment = await uploadAttachment(ORIGIN, purchaseId, next.file, {
          kind: next.kind,
          signal,
          onProgress(share) {
            next.share = share
          },
        })
        made.discard(next)
        made.kept = [...made.kept.filter(({ id }) => id !== attachment.id), toKept(attachment)]
        announce(t('inventory.file_added', { name: attachment.filename }))
      } catch (error) {
        if (signal.aborted || isAbort(error)) return
        next.state = 'failed'
        next.note = t('inventory.file_failed', { reason: explain(error).text })
      }
    }
  }
  return made
}

function toKept(attachment: Attachment): Kept {
  const { id, filename, mime_type, size, available, kind } = attachment
  const url = attachmentUrl('', attachment)
  return {
    id,
    name: filename,
    note: available ? `${t(`inventory.kind_${kind}` as MessageKey)} · ${bytes(size)}` : t('inventory.file_unavailable'),
    url,
    picture: available && PICTURES.test(mime_type) ? url : '',
    isAvailable: available,
  }
}

/** The button that was pressed goes with its file. */
function focusSection(): void {
  document.getElementById('section-files')?.focus()
}

function forget(picture: string): void {
  if (picture !== '') URL.revokeObjectURL(picture)
}
