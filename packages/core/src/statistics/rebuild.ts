import { lockTable } from '@spends/db'
import { type Context, inSnapshot, inTransaction } from '../context.ts'
import { PURCHASE_COLUMNS, type PurchaseRecord, WARRANTY_COLUMNS } from '../purchases/record.ts'
import { raiseRevision } from '../revision.ts'
import { Deltas, nameOf } from './deltas.ts'
import { type Fact, factsOf } from './facts.ts'
import { storeDeltas } from './store.ts'

/** Rows read in one go. */
const BATCH = 1_000
/** Figures held in memory before they are written. */
const MAX_HELD = 50_000

/** One figure that is not what the rows say. */
export interface StatisticsDifference extends Omit<Fact, 'row_count' | 'item_count' | 'amount'> {
  stored: { row_count: number; item_count: number; amount: string }
  computed: { row_count: number; item_count: number; amount: string }
}

/** Computes all figures anew from the purchases and warranties. Writers wait meanwhile. */
export async function rebuildStatistics(ctx: Context): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await lockTable(tx.db, 'statistics')
    await tx.db.deleteFrom('statistics').execute()
    let deltas = new Deltas()
    for await (const record of readRecords(tx)) {
      deltas.add(factsOf(record), 1)
      if (deltas.size < MAX_HELD) continue
      await storeDeltas(tx, deltas)
      deltas = new Deltas()
    }
    await storeDeltas(tx, deltas)
    await raiseRevision(tx)
  })
}

/** Computes the figures of a database that has purchases but no figures yet, as after a migration. */
export async function ensureStatistics(ctx: Context): Promise<void> {
  const figure = await ctx.db.selectFrom('statistics').select('kind').limit(1).executeTakeFirst()
  const purchase = await ctx.db.selectFrom('purchases').select('id').limit(1).executeTakeFirst()
  if (!figure && purchase) await rebuildStatistics(ctx)
}

/**
 * Compares the kept figures with what the purchases and warranties say, at one moment; writers need not wait.
 * @returns the differences, none when all is well
 */
export async function verifyStatistics(ctx: Context): Promise<StatisticsDifference[]> {
  return inSnapshot(ctx, async (tx) => {
    const differences = new Deltas()
    for await (const record of readRecords(tx)) differences.add(factsOf(record), 1)
    const computed = new Map(differences.sorted().map((fact) => [nameOf(fact), fact]))

    const found: StatisticsDifference[] = []
    const stored = tx.db
      .selectFrom('statistics')
      .select(['kind', 'key', 'currency_code', 'period', 'row_count', 'item_count'])
      .select((eb) => eb.cast<string>('amount', 'text').as('amount'))
    for await (const row of stored.stream(BATCH)) {
      const { kind, key, currency_code, period } = row
      const name = nameOf(row)
      const figures = { row_count: row.row_count, item_count: row.item_count, amount: row.amount }
      const expected = toFigures(computed.get(name))
      computed.delete(name)
      if (!isEqual(figures, expected)) {
        found.push({ kind, key, currency_code, period, stored: figures, computed: expected })
      }
    }
    for (const fact of computed.values()) {
      const { kind, key, currency_code, period } = fact
      found.push({ kind, key, currency_code, period, stored: toFigures(undefined), computed: toFigures(fact) })
    }
    return found
  })
}

type Figures = StatisticsDifference['stored']

function toFigures(fact: Fact | undefined): Figures {
  if (!fact) return { row_count: 0, item_count: 0, amount: '0' }
  return { row_count: fact.row_count, item_count: fact.item_count, amount: String(fact.amount) }
}

function isEqual(a: Figures, b: Figures): boolean {
  return a.row_count === b.row_count && a.item_count === b.item_count && a.amount === b.amount
}

/** Every purchase with its warranty, in order of the id. Tags are left out: no figure counts them. */
async function* readRecords(tx: Context): AsyncGenerator<PurchaseRecord> {
  for (let last = ''; ; ) {
    let query = tx.db.selectFrom('purchases').select(PURCHASE_COLUMNS).orderBy('id').limit(BATCH)
    if (last !== '') query = query.where('id', '>', last)
    const rows = await query.execute()
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    const warranties = await tx.db
      .selectFrom('warranties')
      .select(WARRANTY_COLUMNS)
      .where('purchase_id', 'in', ids)
      .execute()
    const warrantyOf = new Map(warranties.map((warranty) => [warranty.purchase_id, warranty]))
    for (const row of rows) yield { row, tags: [], warranty: warrantyOf.get(row.id) ?? null }
    last = ids.at(-1) ?? last
  }
}
