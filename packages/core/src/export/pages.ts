import { setImmediate } from 'node:timers/promises'
import { prepared } from '@spends/db'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { conditions, type Filter } from '../purchases/filter.ts'
import { fromPurchases, type JoinedRow, withRelations } from '../purchases/joined.ts'
import { planSearch } from '../purchases/search.ts'
import type { PurchaseSelection } from '../purchases/shapes.ts'

export type Selection = z.output<typeof PurchaseSelection>

/** Rows looked at in one go: few enough that other requests hardly wait, and enough to be worth a query. */
const PAGE = 250

const LOWEST_ID = '00000000-0000-0000-0000-000000000000'
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** All purchases that are selected, in the order of their ids. @param ctx in a snapshot: it is read in many queries */
export async function* readPurchases(ctx: Context, selection: Selection): AsyncGenerator<JoinedRow[]> {
  const filter: Filter = { ...selection, skip: 0, limit: 1, sort: 'purchase_date' }
  const plan = await planSearch(ctx, filter)
  const all = conditions(filter)
  // What is looked up elsewhere is looked up once, not once a window.
  yield* plan || filter.tag ? readMatches(ctx, plan ? [...all, plan.all] : all) : readWindows(ctx, all)
}

/**
 * Looks at every purchase, as many at a time as make a page. Which ids a page begins and ends with does not depend on
 * the conditions: so where few match, no query takes long either, and where many match, nothing has to be sorted.
 */
async function* readWindows(ctx: Context, all: readonly Expression<SqlBool>[]): AsyncGenerator<JoinedRow[]> {
  // No index but that of the ids helps to find something that "is true".
  const matches = all.length === 0 ? [] : [sql<SqlBool>`(${eb.and(all)}) is true`]
  const readWindow = prepared((db, from: string, to: string) =>
    withRelations(db, fromPurchases(db))
      .where((eb) => eb.and([eb('p.id', '>=', from), eb('p.id', '<=', to), ...matches]))
      .orderBy('p.id'),
  )
  for (let from: string | undefined = LOWEST_ID; from !== undefined; ) {
    const [last, next]: { id: string }[] = await endOfWindow(ctx.db, from)
    const page = await readWindow(ctx.db, from, last?.id ?? HIGHEST_ID)
    if (page.length > 0) yield page
    // Every query may have been answered at once: other requests have their turn here.
    await setImmediate()
    from = next?.id
  }
}

const eb = expressionBuilder()

/** The last id of the window, and the first of the one after it, as far as there are so many. */
const endOfWindow = prepared((db, from: string) =>
  db
    .selectFrom('purchases')
    .select('id')
    .where('id', '>=', from)
    .orderBy('id')
    .limit(2)
    .offset(PAGE - 1),
)

/** Finds the ids of all matches first, in one query. */
async function* readMatches(ctx: Context, all: readonly Expression<SqlBool>[]): AsyncGenerator<JoinedRow[]> {
  const query = fromPurchases(ctx.db)
    .select('p.id')
    .where((eb) => eb.and(all))
    .orderBy('p.id')
  // Those of a page as one text: that takes a third of the memory.
  const pages: string[] = []
  let ids: string[] = []
  for await (const { id } of query.stream(PAGE)) {
    ids.push(id)
    if (ids.length < PAGE) continue
    pages.push(ids.join())
    ids = []
    await setImmediate()
  }
  if (ids.length > 0) pages.push(ids.join())

  for (const page of pages) {
    const found = withRelations(ctx.db, fromPurchases(ctx.db)).where('p.id', 'in', page.split(','))
    yield await found.orderBy('p.id').execute()
    await setImmediate()
  }
}
