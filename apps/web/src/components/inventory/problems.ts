import type { FieldError } from '@spends/client'
import { digitsOf, exampleAmount } from '../../lib/amount.ts'
import { t, tn } from '../../lib/messages.ts'
import type { FormProblem, PurchaseForm } from '../../lib/purchase-form.ts'
import { settings } from '../../lib/settings.ts'

/** What is wrong, by the path of the field. */
export type Problems = Record<string, string>

/** Makes sentences of what the form or the instance found wrong. What is wrong inside of tags is said of the tags. */
export function readableProblems(found: readonly (FormProblem | FieldError)[], form: PurchaseForm): Problems {
  const problems: Problems = {}
  for (const one of found) {
    const path = one.path.startsWith('tags.') ? 'tags' : one.path
    const text = 'problem' in one ? wordsOf(one, form) : `${one.message.charAt(0).toUpperCase()}${one.message.slice(1)}`
    problems[path] = problems[path] === undefined ? text : `${problems[path]}. ${text}`
  }
  return problems
}

/** A sentence for what the form found wrong itself. */
export function wordsOf(found: FormProblem, form: PurchaseForm): string {
  if (found.problem === 'name') return t('inventory.name_problem')
  if (found.problem === 'quantity') return t('inventory.quantity_problem')
  if (found.problem !== 'price') return t('inventory.date_problem')
  const digits = digitsOf(form.currency_code)
  switch (found.reason) {
    case 'empty':
      return t('common.amount_empty')
    case 'negative':
      return t('common.amount_negative')
    case 'long':
      return t('common.amount_long')
    case 'digits':
      return digits === 0
        ? t('common.amount_whole', { currency: form.currency_code })
        : tn('common.amount_digits', digits)
    case 'unclear':
      return t('common.amount_unclear', { text: form.price, example: exampleAmount(settings().locale, digits) })
  }
}

/** The paths that have a field, in the order of the fields. */
export function pathsOf(root: HTMLElement): string[] {
  return [...root.querySelectorAll<HTMLElement>('[data-path]')].map(({ dataset }) => dataset.path ?? '')
}
