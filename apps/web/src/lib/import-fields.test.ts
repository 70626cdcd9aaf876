import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findClaimedTwice,
  IMPORT_FIELDS,
  type ImportColumns,
  type ImportField,
  type MappedColumn,
  toColumns,
  toMapping,
  toWholeColumns,
} from './import-fields.ts'

const header = (names: readonly string[]) => names.map((column) => ({ column, examples: [] }))

/** Different names of columns, and which of them is which field. */
const columns = fc
  .uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 })
  .chain((names) =>
    fc
      .shuffledSubarray([...IMPORT_FIELDS], { maxLength: Math.min(names.length, IMPORT_FIELDS.length) })
      .map((fields) => ({ names, given: Object.fromEntries(fields.map((field, at) => [field, names[at]])) })),
  )

describe('a mapping', () => {
  it('comes back as it was, whatever the columns are called', () => {
    fc.assert(
      fc.property(columns, ({ names, given }) => {
        const mapping = toMapping({ header: header(names), columns: given as ImportColumns })
        expect(mapping.map(({ column }) => column)).toEqual(names)
        expect(toColumns(mapping)).toEqual(given)
        expect(findClaimedTwice(mapping)).toEqual([])
      }),
    )
  })

  it('names each field once that two columns claim', () => {
    const one = (column: string, field: ImportField | ''): MappedColumn => ({ column, examples: [], field })
    expect(findClaimedTwice([one('a', 'price'), one('b', ''), one('c', 'price'), one('d', 'price')])).toEqual(['price'])
    expect(findClaimedTwice([one('a', ''), one('b', ''), one('c', 'notes')])).toEqual([])
  })

  it('says of every field of ours where it comes from, or that it does not', () => {
    const whole = toWholeColumns({ price: 'Preis' })
    expect(Object.keys(whole).sort()).toEqual([...IMPORT_FIELDS].sort())
    expect(Object.entries(whole).filter(([, column]) => column !== null)).toEqual([['price', 'Preis']])
  })
})
