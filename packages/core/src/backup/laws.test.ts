import { readdir } from 'node:fs/promises'
import { describeEachEngine } from '@spends/db/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NewPurchase } from '../purchases/shapes.ts'
import { createPurchase } from '../purchases/write.ts'
import { updateSettings } from '../settings.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, dump, newPurchases } from '../testing.ts'
import { backupPath } from './folder.ts'
import { restoreBackup } from './restore.ts'
import { addEverything, attach, filesOf, openWorld, type World } from './testing/world.ts'

const RUNS = 6

/** All that a backup is about. The numbers of rows for a text index mean nothing elsewhere. */
async function contents(world: World) {
  const rows = await dump(world.ctx)
  for (const purchase of rows.purchases as { row_number?: number }[]) delete purchase.row_number
  const mappings = await world.ctx.db.selectFrom('import_mappings').selectAll().orderBy('header').execute()
  return { rows, mappings, files: await filesOf(world) }
}

describeEachEngine('from', (from) => {
  describeEachEngine('a restore to', (to) => {
    it('brings rows and bytes back, whatever they were and whatever was there', async () => {
      const source = await openWorld(from)
      const seeded = await source.ctx.db.selectFrom('retailers').select('id').execute()
      const brands = await source.ctx.db.selectFrom('brands').select('id').execute()
      const ids = { retailers: seeded.map(({ id }) => id), brands: brands.map(({ id }) => id) }
      const additions = fc.record({
        purchases: fc.array(newPurchases(ids), { maxLength: 5 }),
        files: fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }),
        locale: fc.constantFrom('de-DE', 'en-US', 'ja-JP'),
        header: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
      })
      const target = await openWorld(to)
      await addEverything(target, Buffer.from('what was there before'))
      await fc.assert(
        fc.asyncProperty(additions, async ({ purchases, files, locale, header }) => {
          // What one run adds, the next ones have too.
          const { id } = await addPurchase(source.ctx)
          for (const purchase of purchases) await createPurchase(source.ctx, NewPurchase.parse(purchase))
          for (const bytes of files) await attach(source, id, Buffer.from(bytes))
          await updateSettings(source.ctx, { locale })
          await source.ctx.db
            .insertInto('import_mappings')
            .values({ header, columns: '{"a":"ä"}', updated_at: '2026-03-01T10:00:00Z' })
            .onConflict((conflict) => conflict.doNothing())
            .execute()

          const record = await source.backup()
          const again = await source.backup()
          expect(again.content_hash).toBe(record.content_hash)

          const { ctx, files: store, scratch } = target
          await restoreBackup({ ctx, files: store, path: backupPath(source.folder, record), scratch })
          const [was, is] = [await contents(source), await contents(target)]
          expect(is.rows).toEqual(was.rows)
          expect(is.mappings).toEqual(was.mappings)
          expect(is.files).toMatchObject(was.files)
          expect(await verifyStatistics(ctx)).toEqual([])
          expect((await target.backup()).content_hash).toBe(record.content_hash)
          expect(await readdir(scratch)).toEqual([])
        }),
        { numRuns: RUNS, endOnFailure: true },
      )
    }, 120_000)
  })
})
