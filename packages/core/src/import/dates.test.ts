import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, isCalendarDate } from '../calendar.ts'
import { DateDecider, type DateOrder, decideDateOrder, parseDate } from './dates.ts'

const read = (text: string, order?: DateOrder | 'SERIAL', time_zone: string | null = 'Europe/Berlin') =>
  parseDate(text, { order, time_zone })

describe('a date', () => {
  it.each([
    '31/12/2025',
    '12/31/2025',
    '31.12.2025',
    '31. 12. 2025',
    '31-12-2025',
    '31 12 2025',
    '2025-12-31',
    '2025/12/31',
    '2025.12.31',
    '2025. 12. 31.',
    '20251231',
    '２０２５－１２－３１',
    '٣١/١٢/٢٠٢٥',
    '2025年12月31日',
    '\u00a02025-12-31\u200f',
    '31 Dec 2025',
    '31 December 2025',
    '31st of December, 2025',
    'Dec 31, 2025',
    'Dec. 31st 2025',
    'December 31 2025',
    '31-Dec-25',
    '31-DEC-2025',
    '2025-Dec-31',
    '2025 December 31',
    'Wednesday, December 31, 2025',
    'Wed, 31 Dec 2025 14:05:00',
    '31. Dezember 2025',
    'Mittwoch, 31. Dez. 2025',
    'Mi, 31.12.2025',
    '31 décembre 2025',
    'mer. 31 déc. 2025',
    '31 de diciembre de 2025',
    '31 dic 2025',
    '31 dicembre 2025',
    '31 december 2025',
    '31 dec. 2025',
    '2025-12-31 23:59:59',
    '2025-12-31T23:59:59',
    '2025-12-31T23:59',
    '2025-12-31T23:59:59.123456',
    '31.12.2025 23:59',
    '31.12.2025, 14:05 Uhr',
    '31.12.2025 um 14.05',
    '31/12/2025 14h05',
    '12/31/2025 11:59 PM',
    '12/31/2025, 1:05:07 p.m.',
    '2025-12-31 10 PM',
    '31 Dec 2025 at 14:05',
    '2025-12-31 23:59:59 CET',
    'Wed Dec 31 2025 00:00:00 GMT+0100 (Central European Standard Time)',
    '2025-12-31T00:00:00+01:00[Europe/Berlin]',
  ])('%j is the last day of 2025', (text) => {
    expect(read(text)).toEqual({ value: '2025-12-31' })
  })

  it.each([
    ['5 Mar 2025', '2025-03-05'],
    ['Mar 5, 2025', '2025-03-05'],
    ['5. März 2025', '2025-03-05'],
    ['5. Mrz 2025', '2025-03-05'],
    ['mar. 4 mars 2025', '2025-03-04'],
    ['5 maart 2025', '2025-03-05'],
    ['5 mei 2025', '2025-05-05'],
    ['May 5, 2025', '2025-05-05'],
    ['5 août 2025', '2025-08-05'],
    ['1er janv. 2026', '2026-01-01'],
    ['5 juin 2025', '2025-06-05'],
    ['5 juil. 2025', '2025-07-05'],
    ['5 ago 2025', '2025-08-05'],
    ['5 gennaio 2025', '2025-01-05'],
    ['5 Sept 2025', '2025-09-05'],
    ['5 Jun 70', '1970-06-05'],
    ['5 Jun 69', '2069-06-05'],
    ['29 Feb 2024', '2024-02-29'],
  ])('%j is %s', (text, day) => {
    expect(read(text)).toEqual({ value: day })
  })

  it.each(['', '-', 'N/A', 'n/a', ' ', 'null'])('%j is none', (text) => {
    expect(read(text)).toEqual({ value: null })
  })

  it.each([
    '2025-02-30',
    '29/02/2025',
    '2025-13-01',
    '2025-00-10',
    '0000-00-00',
    '32.12.2025',
    '2025-12',
    '2025',
    'December 2025',
    '31/12',
    '31/12-2025',
    '31122025',
    '123',
    '1735689600',
    'soon',
    '5 Jui 2025',
    '5 Foo 2025',
    '30 Feb 2025',
    '31/12/2025 25:00',
    '31/12/2025 14:61',
    '31/12/2025 or later',
    '31/12/025',
    '1.5',
    `${'2'.repeat(200)}`,
  ])('%j is refused in every order', (text) => {
    for (const order of [undefined, 'YMD', 'DMY', 'MDY'] as const) {
      expect(read(text, order)).toEqual({ error: expect.any(String) })
    }
  })

  it('of digits only is read by its order, and without one only where there is no doubt', () => {
    expect(read('03/04/2025')).toEqual({ error: 'can be 2025-04-03 or 2025-03-04: choose by date_format' })
    expect(read('03/04/2025', 'DMY')).toEqual({ value: '2025-04-03' })
    expect(read('03/04/2025', 'MDY')).toEqual({ value: '2025-03-04' })
    expect(read('10/01/22', 'MDY')).toEqual({ value: '2022-10-01' })
    expect(read('10/01/22', 'DMY')).toEqual({ value: '2022-01-10' })
    expect(read('10/01/22', 'YMD')).toEqual({ value: '2010-01-22' })
    expect(read('10/01/99', 'MDY')).toEqual({ value: '1999-10-01' })
    expect(read('05/05/2025')).toEqual({ value: '2025-05-05' })
    expect(read('31/12/2025', 'MDY')).toEqual({ error: 'is no day in the order MDY' })
    expect(read('31/12/2025', 'YMD')).toEqual({ error: 'is no day in the order YMD' })
    expect(read('2025-12-31', 'MDY')).toEqual({ value: '2025-12-31' })
  })

  it('that is an instant is its day in the time zone, unless it is midnight', () => {
    expect(read('2025-12-31T23:59:59Z')).toEqual({ value: '2026-01-01' })
    expect(read('2025-12-31T23:59:59Z', undefined, 'UTC')).toEqual({ value: '2025-12-31' })
    expect(read('2025-12-31T23:59:59Z', undefined, null)).toEqual({ value: '2025-12-31' })
    expect(read('2025-12-31 23:59:59 UTC')).toEqual({ value: '2026-01-01' })
    expect(read('20251231T235959Z')).toEqual({ value: '2026-01-01' })
    expect(read('2025-12-31T23:59:59+02:00')).toEqual({ value: '2025-12-31' })
    expect(read('2025-12-31T23:30:00-0500')).toEqual({ value: '2026-01-01' })
    expect(read('2026-01-01T01:30:00+05')).toEqual({ value: '2025-12-31' })
    expect(read('12/31/2025 11:59 PM GMT')).toEqual({ value: '2026-01-01' })
    expect(read('2026-01-01T03:00:00Z', undefined, 'America/New_York')).toEqual({ value: '2025-12-31' })
    expect(read('2025-12-31T00:00:00Z', undefined, 'America/New_York')).toEqual({ value: '2025-12-31' })
    expect(read('2025-12-31T00:00:00.000+02:00')).toEqual({ value: '2025-12-31' })
  })

  it('that is a day number of Excel is read only as one', () => {
    expect(read('46022', 'SERIAL')).toEqual({ value: '2025-12-31' })
    expect(read('46022.99', 'SERIAL')).toEqual({ value: '2025-12-31' })
    expect(read('36526', 'SERIAL')).toEqual({ value: '2000-01-01' })
    expect(read('2025-12-31', 'SERIAL')).toEqual({ value: '2025-12-31' })
    expect(read('03/04/2025', 'SERIAL')).toEqual({ error: expect.stringContaining('choose by date_format') })
    expect(read('46022', 'DMY')).toEqual({ error: 'is a number, not a date' })
    expect(read('99999', 'SERIAL')).toEqual({ error: 'is no date' })
    expect(read('12', 'SERIAL')).toEqual({ error: 'is no date' })
  })
})

describe('the order of dates', () => {
  it.each<[string[], string]>([
    [[], 'YMD'],
    [['2025-12-31', 'Dec 31, 2025', ''], 'YMD'],
    [['03/04/2025'], 'ambiguous'],
    [['03/04/2025', '13/04/2025'], 'DMY'],
    [['03/04/2025', '04/13/2025'], 'MDY'],
    [['03/04/2025', '04/13/2025', '13/04/2025'], 'contradictory'],
    [['05/05/2025', '07.07.2025'], 'DMY'],
    [['03/04/2025', '2025-12-31'], 'ambiguous'],
    [['31/12/2025', '2025-12-31', 'soon', '99/99/2025', '-'], 'DMY'],
    [['10/15/22', '10/01/22'], 'MDY'],
    [['10/01/22'], 'ambiguous'],
    [['31/12/25', '01/02/25'], 'ambiguous'],
    [['31/12/25', '01/02/2025'], 'DMY'],
    [['31/12/98'], 'DMY'],
    [['98/12/31', '01/02/03'], 'YMD'],
    [['46022', '46021.5', '', 'n/a', 'soon'], 'SERIAL'],
    [['46022', '2025-12-31'], 'YMD'],
    [['2025', '12'], 'YMD'],
  ])('of %j is %s', (values, decision) => {
    expect(decideDateOrder(values)).toBe(decision)
  })

  it('is asked with a value that shows the doubt', () => {
    const example = (values: string[]) => {
      const decider = new DateDecider()
      for (const value of values) decider.add(value)
      return decider.example
    }
    expect(example(['2025-12-31', '05/05/2025', '03/04/2025'])).toBe('03/04/2025')
    expect(example(['13/04/2025', '04/13/2025', '04/14/2025'])).toBe('04/13/2025')
    expect(example(['13/04/2025', '03/04/2025'])).toBeUndefined()
  })
})

describe('any day', () => {
  const days = fc.integer({ min: 0, max: 365 * 120 }).map((number) => addDays('1970-01-01', number))
  const pieces = (day: string) => day.split('-') as [string, string, string]
  const short = (number: string) => String(Number(number))

  const written: Record<DateOrder, ((day: string) => string)[]> = {
    YMD: [
      (day) => day,
      (day) => day.replaceAll('-', '/'),
      (day) => day.replaceAll('-', ''),
      (day) => `${day}T12:34:56`,
    ],
    DMY: ['.', '/', '-', '. '].flatMap((mark) => [
      (day: string) => pieces(day).reverse().join(mark),
      (day: string) => pieces(day).reverse().map(short).join(mark),
      (day: string) => `${pieces(day).reverse().join(mark)} 23:59`,
    ]),
    MDY: ['/', '-'].flatMap((mark) => [
      (day: string) => [pieces(day)[1], pieces(day)[2], pieces(day)[0]].join(mark),
      (day: string) => `${[pieces(day)[1], pieces(day)[2], pieces(day)[0]].map(short).join(mark)}, 11:59:59 PM`,
    ]),
  }

  it('is read back from any style; a column that leaves a doubt is never decided wrongly', () => {
    const style = fc
      .constantFrom<DateOrder>('YMD', 'DMY', 'MDY')
      .chain((order) => fc.record({ order: fc.constant(order), write: fc.constantFrom(...written[order]) }))
    fc.assert(
      fc.property(fc.array(days, { minLength: 1, maxLength: 5 }), style, (days, { order, write }) => {
        const texts = days.map(write)
        expect(texts.map((text) => read(text, order).value)).toEqual(days)
        const decided = decideDateOrder(texts)
        if (decided === 'ambiguous') expect(order).not.toBe('YMD')
        else expect(texts.map((text) => read(text, decided as DateOrder).value)).toEqual(days)
      }),
      { numRuns: 1000 },
    )
  })

  it('is read back from the names of many languages', () => {
    const locales = fc.constantFrom('en-US', 'en-GB', 'de', 'de-AT', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'nb')
    fc.assert(
      fc.property(days, locales, fc.constantFrom('full', 'long', 'medium'), (day, locale, dateStyle) => {
        const format = new Intl.DateTimeFormat(locale, { dateStyle: dateStyle as 'full', timeZone: 'UTC' })
        const text = format.format(new Date(day))
        expect([text, read(text, 'DMY').value]).toEqual([text, day])
      }),
      { numRuns: 2000 },
    )
  })

  it('is read back from its day number', () => {
    fc.assert(
      fc.property(days, (day) => {
        const serial = (Date.parse(day) - Date.parse('1899-12-30')) / 86_400_000
        expect(read(String(serial), 'SERIAL')).toEqual({ value: day })
      }),
    )
  })

  it('of any text is an answer, and a real day if it is one', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '3',
      '12',
      '31',
      '20',
      '2025',
      '/',
      '.',
      '-',
      ' ',
      ':',
      'T',
      'Z',
      'Dec',
      'Mai',
      ',',
      '+02',
      'pm',
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 9 }),
        fc.constantFrom('YMD', 'DMY', 'MDY', 'SERIAL', undefined),
        (parts, order) => {
          const { value, error } = read(parts.join(''), order as DateOrder | undefined)
          if (error === undefined && value !== null) expect(isCalendarDate(value)).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
