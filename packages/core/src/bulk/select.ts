import { isOneOf } from '@spends/db'
import type { Context } from '../context.ts'
import { conditions, type Filter } from '../purchases/filter.ts'
import { matchesSearch, planSearch } from '../purchases/search.ts'
import type { BulkDeletion } from './shapes.ts'

type Which = Pick<BulkDeletion, 'ids' | 'filter'>

/** The ids of the purchases that are meant, as they are now, in order. */
export async function selectIds(ctx: Context, { ids, filter }: Which): Promise<string[]> {
  if (!filter) return [...new Set(ids)].sort()
  const asked = toFilter(filter)
  const plan = await planSearch(ctx, asked)
  const all = [...conditions(asked), ...(plan ? [plan.all] : [])]
  const rows = await ctx.db
    .selectFrom('purchases as p')
    .select('p.id')
    .where((eb) => eb.and(all))
    .execute()
  return rows.map(({ id }) => id).sort()
}

/** Those of some ids that are still meant: who was changed meanwhile may not match any more. */
export async function stillMeant(tx: Context, ids: readonly string[], { filter }: Which): Promise<ReadonlySet<string>> {
  if (!filter) return new Set(ids)
  const asked = toFilter(filter)
  const search = await matchesSearch(tx, asked)
  const rows = await tx.db
    .selectFrom('purchases as p')
    .select('p.id')
    .where(isOneOf(tx.db, 'p.id', ids))
    .where((eb) => eb.and([...conditions(asked, true), ...(search ? [search] : [])]))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

function toFilter(filter: NonNullable<Which['filter']>): Filter {
  return { ...filter, skip: 0, limit: 1, sort: 'purchase_date' }
}
