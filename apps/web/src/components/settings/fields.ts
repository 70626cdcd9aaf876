import type { ShownFailure } from '../../lib/failure.ts'
import { t } from '../../lib/messages.ts'

/** Leads to the first wrong field of a form, once it is marked. */
export function focusFirstProblem(form: HTMLElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}

/** A failure in one sentence beside the button; what is wrong with a field stands beside the field. */
export function summaryOf(failure: ShownFailure | null): string {
  if (!failure) return ''
  return failure.fields.length > 0 ? t('common.failed_fields') : failure.text
}
