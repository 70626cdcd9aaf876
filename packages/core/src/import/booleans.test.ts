import { expect, it } from 'vitest'
import { parseBoolean } from './booleans.ts'

it.each(['true', 'TRUE', 'yes', 'Y', '1', 'x', 'ja', 'Ja ', 'oui', 'sí', 'SÌ', 'vero', 'WAHR', 'on', '✓', '１'])(
  '%j is yes',
  (text) => expect(parseBoolean(text)).toEqual({ value: true }),
)

it.each(['false', 'No', 'n', '0', 'nein', 'NON', 'nee', 'falso', 'FALSCH', 'off', '✗'])('%j is no', (text) => {
  expect(parseBoolean(text)).toEqual({ value: false })
})

it.each(['', '-', 'N/A', ' '])('%j says nothing', (text) => expect(parseBoolean(text)).toEqual({ value: null }))

it.each(['maybe', '2', 'toString', 'yes and no', '10'])('%j is refused', (text) => {
  expect(parseBoolean(text)).toEqual({ error: 'is neither yes nor no: write true or false' })
})
