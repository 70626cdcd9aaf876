/** What is asked before something that cannot simply be taken back. */
export interface Question {
  title: string
  text?: string
  /** The words on the button that does it. */
  action: string
  isDangerous?: boolean
  /** Has to be typed. */
  word?: string
}

/** The event that opens the dialog of the layout. */
export interface QuestionEvent {
  question: Question
  answer(yes: boolean): void
}

/** Asks in a dialog. @returns whether the answer was yes */
export function confirm(question: Question): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const detail: QuestionEvent = { question, answer: resolve }
  window.dispatchEvent(new CustomEvent('spends:confirm', { detail }))
  return promise
}
