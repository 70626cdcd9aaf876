import { component } from '../lib/component.ts'
import type { Question, QuestionEvent } from '../lib/confirm.ts'
import { t } from '../lib/messages.ts'

/** The dialog behind `confirm`. */
export function registerConfirmation(): void {
  component('confirmation', () => {
    const nobody: QuestionEvent['answer'] = () => {}
    let reply = nobody
    return {
      title: '',
      text: '',
      action: '',
      isDangerous: false,
      word: '',
      typed: '',

      init() {
        window.addEventListener('spends:confirm', (event) => {
          const { question, answer } = (event as CustomEvent<QuestionEvent>).detail
          // Whoever asks last is heard; the question before is answered by that.
          reply(false)
          reply = answer
          this.ask(question)
        })
      },
      ask({ title, text = '', action, isDangerous = false, word = '' }: Question) {
        Object.assign(this, { title, text, action, isDangerous, word, typed: '' })
        const dialog = this.$root as HTMLDialogElement
        if (!dialog.open) dialog.showModal()
      },
      answer(yes: boolean) {
        if (yes && this.blocked) return
        const answer = reply
        reply = nobody
        const dialog = this.$root as HTMLDialogElement
        if (dialog.open) dialog.close()
        answer(yes)
      },
      get blocked() {
        return this.word !== '' && this.typed.trim() !== this.word
      },
      get buttonClass() {
        return this.isDangerous ? 'btn-danger' : 'btn-primary'
      },
      get typeLabel() {
        return t('common.type_word', { word: this.word })
      },
    }
  })
}
