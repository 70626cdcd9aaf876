import { expect } from 'vitest'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import { verifyStatistics } from '../../statistics/rebuild.ts'
import { dump } from '../../testing.ts'
import type { ImportFileKind } from '../files.ts'
import type { ImportOptions, ImportReport } from '../options.ts'
import { allPurchases, importFile, undo } from './imports.ts'

/** What is stored of a purchase, without what says nothing: no nulls, empty lists and false. */
type Facts = Record<string, unknown>

/** Every stored purchase by its name: all that came from a file, nothing that was made up for it. */
export async function factsOf(ctx: Context): Promise<Record<string, Facts>> {
  const purchases = await allPurchases(ctx)
  const facts = Object.fromEntries(
    purchases.map(({ product_name, retailer, brand, warranty, ...purchase }) => {
      const { id, total, retailer_id, brand_id, version, created_at, updated_at, ...said } = purchase
      return [
        product_name,
        saying({
          ...said,
          retailer: retailer?.name,
          brand: brand?.name,
          warranty: warranty && warrantyFacts(warranty),
        }),
      ]
    }),
  )
  expect(Object.keys(facts), 'names must differ').toHaveLength(purchases.length)
  return facts
}

function warrantyFacts(warranty: NonNullable<Awaited<ReturnType<typeof allPurchases>>[number]['warranty']>): Facts {
  const { id, purchase_id, purchase, days_left, version, created_at, updated_at, ...said } = {
    purchase: undefined,
    ...warranty,
  }
  return saying(said)
}

function saying(values: Facts): Facts {
  const isSaid = (value: unknown) =>
    value !== null && value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isSaid(value)))
}

export interface Imported {
  report: ImportReport
  purchases: Record<string, Facts>
}

/**
 * Imports a file, and holds it to what is true of every import: each row is counted once; the same file again finds
 * what it made the first time and adds nothing; undoing it leaves everything as it was.
 */
export async function importAndBack(
  ctx: Context,
  bytes: string | Uint8Array,
  options: z.input<typeof ImportOptions> = {},
  kind: ImportFileKind = 'CSV',
  uploads?: string,
): Promise<Imported> {
  const before = await dump(ctx)
  const report = await importFile(ctx, bytes, options, kind, uploads)
  expectEachRowOnce(report)
  expect(await verifyStatistics(ctx)).toEqual([])
  const purchases = await factsOf(ctx)
  const after = await dump(ctx)

  const dry = await importFile(ctx, bytes, { ...options, dry_run: true }, kind, uploads)
  const again = await importFile(ctx, bytes, options, kind, uploads)
  expectEachRowOnce(again)
  for (const same of [dry, again]) {
    expect(same).toMatchObject({
      created: 0,
      updated: 0,
      skipped: report.created + report.skipped,
      failed: report.failed,
      classes: { new: 0, identical: report.created, error: report.failed },
      retailers_created: 0,
      brands_created: 0,
      errors: report.errors,
    })
  }
  expect(await dump(ctx)).toEqual(after)

  await undo(ctx, report)
  expect(await dump(ctx)).toEqual(before)
  expect(await verifyStatistics(ctx)).toEqual([])
  return { report, purchases }
}

export function expectEachRowOnce({ rows, created, updated, skipped, failed }: ImportReport): void {
  expect(created + updated + skipped + failed).toBe(rows)
}
