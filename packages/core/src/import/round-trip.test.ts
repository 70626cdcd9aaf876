import { describeEachEngine, type TestEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBrand } from '../brands.ts'
import { newId } from '../context.ts'
import { exportCsv } from '../export/csv.ts'
import { exportJson } from '../export/json.ts'
import { NewPurchase } from '../purchases/shapes.ts'
import { createPurchase } from '../purchases/write.ts'
import { createRetailer, deleteRetailer, listRetailers, updateRetailer } from '../retailers.ts'
import { updateSettings } from '../settings.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, changePurchase, newPurchases, openContext, type TestContext } from '../testing.ts'
import { importFile } from './testing/imports.ts'

const NOTHING = {} as Parameters<typeof exportJson>[1]

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part
  return text
}

const jsonOf = async (ctx: TestContext) =>
  (await textOf(exportJson(ctx, NOTHING))).replace(/"exported_at":"[^"]*"/, '"exported_at":""')
const csvOf = (ctx: TestContext) => textOf(exportCsv(ctx, NOTHING))

const HOSTILE = [
  `="1+1"`,
  `'=quoted`,
  `''`,
  '@SUM(A1)',
  '-5',
  '+49 30 123',
  '"; drop table purchases; --',
  'a,b;c|d',
  'tab and "quotes" ""',
  '🏊‍♀️ e\u0301 ﬁ',
  'مرحبا \u202eabc',
  '中文，标点',
  '%_*\\',
  ' NaN',
  'null',
]

/** An instance in which much has happened. */
async function liveIn(ctx: TestContext) {
  await updateSettings(ctx, { base_currency: 'KWD', locale: 'de-DE', expiring_soon_days: 12, dashboard_cards: [] })
  const shop = await createRetailer(ctx, { name: `=cmd|"'`, url: 'https://shop.example/?a=1&b="2"' })
  const empty = await createRetailer(ctx, { name: '\u202eמכולת', url: null })
  const seeded = async (search: string) => (await listRetailers(ctx, { skip: 0, search })).items[0]?.id ?? ''
  await deleteRetailer(ctx, { id: await seeded('Amazon') })
  await updateRetailer(ctx, { id: await seeded('Best Buy'), name: 'Renamed', url: null })
  const maker = await createBrand(ctx, { name: '-Maker;' })
  for (const [index, text] of HOSTILE.entries()) {
    ctx.setNow(`2026-03-${10 + index}T08:00:00Z`)
    const { id, warranty } = await addPurchase(ctx, {
      product_name: text,
      notes: `${text}\n${text}\r\n\ttab`,
      serial_number: text,
      tags: [text.replaceAll(';', ''), 'büro'],
      retailer_id: index % 2 ? shop.id : empty.id,
      brand_id: index % 3 ? maker.id : null,
      warranty: {
        warranty_start: '2020-01-01',
        warranty_end: '2020-02-01',
        provider: text,
        notes: `${text}\n`,
        status: index % 2 ? 'VOIDED' : undefined,
      },
    })
    if (index % 4 === 0) await changePurchase(ctx, { id, price: '12.5', warranty: { notes: null } })
    await ctx.db
      .insertInto('attachments')
      .values({
        id: newId(),
        purchase_id: warranty?.purchase_id ?? id,
        kind: 'RECEIPT',
        filename: `${text.trim().normalize('NFC')}.pdf`,
        mime_type: 'application/pdf',
        size: 5,
        sha256: String(index % 10).repeat(64),
        available: true,
        created_at: '2026-01-01T00:00:00Z',
      })
      .execute()
  }
  ctx.setNow('2026-03-15')
  return { retailers: [shop.id, empty.id], brands: [maker.id] }
}

describeEachEngine('from', (from) => {
  describeEachEngine('to', (to) => {
    async function both(engine: TestEngine, other: TestEngine) {
      const [source, target] = [await openContext(engine), await openContext(other)]
      target.setNow('2026-03-16')
      return { source, target }
    }

    it('JSON brings an instance over as it is, and again nothing', async () => {
      const { source, target } = await both(from, to)
      await liveIn(source)
      const exported = await jsonOf(source)
      const report = await importFile(target, exported, {}, 'JSON')
      expect(report).toMatchObject({ created: HOSTILE.length, failed: 0, errors: [], warnings: [] })
      expect(await jsonOf(target)).toBe(exported)
      expect(await verifyStatistics(target)).toEqual([])
      const again = await importFile(target, exported, {}, 'JSON')
      expect(again).toMatchObject({ created: 0, updated: 0, classes: { identical: HOSTILE.length } })
      expect(await jsonOf(target)).toBe(exported)
    })

    it('CSV brings every value over, and again nothing', async () => {
      const { source, target } = await both(from, to)
      await liveIn(source)
      const exported = await csvOf(source)
      const report = await importFile(target, exported)
      expect(report).toMatchObject({
        source: 'SPENDS_CSV',
        created: HOSTILE.length,
        failed: 0,
        errors: [],
        warnings: [],
      })
      expect(await csvOf(target)).toBe(exported)
      expect(await verifyStatistics(target)).toEqual([])
      expect(await importFile(target, exported)).toMatchObject({ created: 0, classes: { identical: HOSTILE.length } })
    })
  })
})

describeEachEngine('any purchases', (engine) => {
  it('come back from JSON and CSV as they were, also over others', async () => {
    const source = await openContext(engine)
    const ids = await liveIn(source)
    await fc.assert(
      fc.asyncProperty(fc.array(newPurchases(ids), { minLength: 1, maxLength: 8 }), async (some) => {
        for (const purchase of some) await createPurchase(source, NewPurchase.parse(purchase))
        const [json, csv] = [await jsonOf(source), await csvOf(source)]
        for (const [kind, exported, read] of [
          ['JSON', json, jsonOf],
          ['CSV', csv, csvOf],
        ] as const) {
          const target = await openContext(engine)
          await importFile(target, exported, {}, kind)
          expect(await read(target)).toBe(exported)
          // What was changed there is as it was after an update.
          const { items } = await firstPage(target)
          for (const { id } of items) {
            await changePurchase(target, {
              id,
              notes: 'other',
              quantity: 9,
              tags: ['x'],
              warranty: null,
              status: 'ORDERED',
            })
          }
          await importFile(target, exported, { duplicates: 'update' }, kind)
          expect(withoutStamps(await csvOf(target))).toBe(withoutStamps(csv))
          await target.db.destroy()
        }
      }),
      { numRuns: 4 },
    )
  })
})

async function firstPage(ctx: TestContext) {
  return { items: await ctx.db.selectFrom('purchases').select('id').limit(5).execute() }
}

/** `updated_at` is the last cell. */
function withoutStamps(csv: string): string {
  return csv.replaceAll(/,\d{4}-\d\d-\d\dT[\d:]+Z(?=\r\n)/g, '')
}
