import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IMPORT_FIELDS } from './import-fields.ts'
import { type ImportState, NO_IMPORT, parseState, stepOf, toAddress, toReading } from './import-state.ts'

/** As `writeAddress` writes it. */
function toQuery(state: ImportState): URLSearchParams {
  const said = Object.entries(toAddress(state)).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(said as [string, string][])
}

const text = fc.string({ minLength: 1 }).map((words) => words.toWellFormed())
const id = fc.oneof(fc.constant(''), fc.uuid())
const states: fc.Arbitrary<ImportState> = fc.record({
  file: id,
  name: fc.oneof(fc.constant(''), text),
  reading: fc.record(
    {
      date_format: fc.constantFrom('YMD', 'DMY', 'MDY'),
      decimal: fc.constantFrom('.', ','),
      currency_code: fc.constantFrom('EUR', 'USD'),
      default_price: fc.constantFrom('19.99', '0'),
      default_purchase_date: fc.constant('2026-01-31'),
    },
    { requiredKeys: [] },
  ),
  columns: fc.option(fc.dictionary(fc.constantFrom(...IMPORT_FIELDS), text)),
  duplicates: fc.constantFrom('skip', 'update', 'create'),
  on_error: fc.constantFrom('skip', 'abort'),
  check: id,
  job: id,
})

describe('where an import stands', () => {
  it('is read from the address as it was written there', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(parseState(toQuery(state))).toEqual(state)
      }),
    )
  })

  it('is the beginning where the address says nothing, or nothing that makes sense', () => {
    expect(parseState(new URLSearchParams())).toEqual(NO_IMPORT)
    const odd = 'date_format=ABC&decimal=;&duplicates=all&on_error=&columns=[1'
    expect(parseState(new URLSearchParams(odd))).toEqual(NO_IMPORT)
    expect(
      parseState(new URLSearchParams('columns={"price":1,"colour":"x","__proto__":{"notes":"x"}}')).columns,
    ).toEqual({})
  })

  it('never fails, whatever somebody wrote into the address', () => {
    const names = fc.constantFrom('file', 'columns', 'date_format', 'duplicates', 'check', 'job', 'x')
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.oneof(fc.string(), fc.json()))), (pairs) => {
        const state = parseState(new URLSearchParams(pairs))
        expect(['file', 'columns', 'check', 'run']).toContain(stepOf(state))
      }),
    )
  })

  it('is a step further with each id', () => {
    expect(stepOf(NO_IMPORT)).toBe('file')
    expect(stepOf({ ...NO_IMPORT, file: 'a' })).toBe('columns')
    expect(stepOf({ ...NO_IMPORT, file: 'a', check: 'b' })).toBe('check')
    expect(stepOf({ ...NO_IMPORT, file: 'a', check: 'b', job: 'c' })).toBe('run')
    // As a link from the list of imports.
    expect(stepOf({ ...NO_IMPORT, job: 'c' })).toBe('run')
  })
})

it('proposes nothing beside a mapping that was made by hand, and leaves the rest to the file', () => {
  expect(toReading({ ...NO_IMPORT, file: 'a', reading: { decimal: ',' } })).toEqual({ file_id: 'a', decimal: ',' })
  const { columns } = toReading({ ...NO_IMPORT, file: 'a', columns: { price: 'Preis' } })
  expect(columns).toMatchObject({ price: 'Preis', notes: null, id: null })
})
