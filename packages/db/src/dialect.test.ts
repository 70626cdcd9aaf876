import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { contains, currentInstant, lockWhatIsFree } from './dialect.ts'
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

describeEachEngine('currentInstant', ({ openDatabase }) => {
  it('is the time in whole seconds, and so many later or earlier', async () => {
    const { db } = await openDatabase()
    const row = (header: string, seconds?: number) => ({
      header,
      columns: '{}',
      updated_at: currentInstant(db, seconds),
    })
    await db
      .insertInto('import_mappings')
      .values([row('now'), row('before', -30), row('after', 3600)])
      .execute()
    const rows = await db.selectFrom('import_mappings').select(['header', 'updated_at']).execute()
    const time = (name: string) => Date.parse(rows.find(({ header }) => header === name)?.updated_at ?? '')
    expect(Math.abs(time('now') - Date.now())).toBeLessThan(60_000)
    // A second may begin between two of them.
    expect([30, 31]).toContain((time('now') - time('before')) / 1000)
    expect([3599, 3600, 3601]).toContain((time('after') - time('now')) / 1000)
  })
})

describeEachEngine('lockWhatIsFree', ({ name, openDatabase }) => {
  it('leaves out what somebody else holds, and waits for nobody', async () => {
    const { db } = await openDatabase()
    const row = { columns: '{}', updated_at: '2026-01-01T00:00:00Z' }
    await db
      .insertInto('import_mappings')
      .values([
        { header: 'a', ...row },
        { header: 'b', ...row },
      ])
      .execute()
    const firstFree = async (trx: typeof db) =>
      (
        await lockWhatIsFree(
          trx,
          trx.selectFrom('import_mappings').select('header').orderBy('header').limit(1),
        ).executeTakeFirst()
      )?.header
    const found = await db.transaction().execute(async (one) => {
      const first = await firstFree(one)
      // On a file a second transaction that writes has to wait for its turn.
      const second = name === 'postgres' ? await db.transaction().execute(firstFree) : 'b'
      return [first, second]
    })
    expect(found).toEqual(['a', 'b'])
  })
})
