import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { contains } from './dialect.ts'
import { describeEachEngine } from './testing.ts'

describeEachEngine('contains', ({ openDatabase }) => {
  const texts = [
    '50% off',
    '500 off',
    'a_b',
    'axb',
    'c:\\temp',
    'c:/temp',
    `o'brien "x"`,
    'obrien x',
    'pool 🏊 day',
    'иван',
  ]

  it.each([
    ['50%', ['50% off']],
    ['%', ['50% off']],
    ['a_b', ['a_b']],
    ['\\', ['c:\\temp']],
    [`'brien "`, [`o'brien "x"`]],
    ['🏊', ['pool 🏊 day']],
    ['ван', ['иван']],
    ['nothing', []],
    ['', texts],
  ])('finds %j literally', async (needle, expected) => {
    const { db } = await openDatabase()
    const values = sql.join(texts.map((text) => sql`(cast(${text} as text))`))
    const { rows } = await sql<{ text: string }>`
      select text from (with t(text) as (values ${values}) select * from t) as t
      where ${contains('text', needle)}`.execute(db)
    expect(rows.map(({ text }) => text)).toEqual(expected)
  })
})
