import { expect, it } from 'vitest'
import { requiredText } from './fields.ts'

it.each([
  ['nothing', ''],
  ['spaces of any width', ' \u00a0\u3000'],
  ['marks that nobody sees', '\u200b\u200d\u2060'],
])('a text that must say something is refused with %s in it', (_, text) => {
  expect(requiredText(255).safeParse(text).error?.issues[0]?.message).toBe('must not be empty')
})

it('keeps what joins visible characters', () => {
  expect(requiredText(255).parse(' 👩‍👧 ')).toBe('👩‍👧')
})
