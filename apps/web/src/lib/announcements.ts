import Alpine from '@alpinejs/csp'

interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad'
  role: 'alert' | null
  action: string
  run(): void
}

interface Announcements {
  /** For screen readers, politely. */
  said: string
  toasts: Toast[]
  dismiss(id: number): void
}

/** How long a toast stays that nobody has to answer. */
const TOAST_MS = 8000
let last = 0

/** Registers the store behind the live region and the toasts. */
export function registerAnnouncements(): void {
  Alpine.store('announcements', {
    said: '',
    toasts: [],
    dismiss(id: number) {
      this.toasts = this.toasts.filter((toast) => toast.id !== id)
    },
  } satisfies Announcements)
}

function store(): Announcements {
  return Alpine.store('announcements') as unknown as Announcements
}

/** Says something to people who listen instead of look, as the number of results. */
export function announce(text: string): void {
  // Read again only where it is another text: the same words a second time end with a space that is not heard.
  store().said = store().said === text ? `${text}\u00A0` : text
}

/** Shows that something was done. @param undo offers a way back: the words on its button, and what that does */
export function toast(text: string, undo?: { label: string; run: () => void }): void {
  const id = ++last
  const dismiss = () => store().dismiss(id)
  store().toasts.push({
    id,
    text,
    tone: 'good',
    role: null,
    action: undo?.label ?? '',
    run() {
      dismiss()
      undo?.run()
    },
  })
  announce(text)
  // Who can still take something back gets the time to think.
  setTimeout(dismiss, undo ? TOAST_MS * 2 : TOAST_MS)
}

/** Shows that something failed, until it is dismissed. */
export function toastFailure(text: string): void {
  store().toasts.push({ id: ++last, text, tone: 'bad', role: 'alert', action: '', run() {} })
}
