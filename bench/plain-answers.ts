import { deepStrictEqual } from 'node:assert/strict'
import Database from 'better-sqlite3'
import { readJson } from './load.ts'
import { DASHBOARD, get, LIST_20, NEEDLES, searchFor } from './requests.ts'
import type { Server } from './server.ts'

interface Sums {
  purchase_count: number
  item_count: number
  amount: number
}

/**
 * Compares answers with what plain SQL says over all rows of the database: no kept figure, no index of texts.
 * @param file the database as a file: the one that the server works on, or what it was filled from
 * @throws AssertionError for the first answer that is wrong
 */
export async function comparePlainAnswers({ url }: Server, file: string): Promise<void> {
  const db = new Database(file, { readonly: true })
  const one = <T>(statement: string, ...parameters: unknown[]) => db.prepare(statement).get(...parameters) as T
  const ask = async <T>(path: string) => (await readJson(url, get(`/api/${path}`))) as T
  const sums = `select count(*) as purchase_count, coalesce(sum(quantity), 0) as item_count,
    coalesce(sum(price * quantity), 0) as amount from purchases where currency_code = 'USD'`
  try {
    const { total } = (await readJson(url, LIST_20)) as { total: number }
    deepStrictEqual({ total }, one('select count(*) as total from purchases'))

    const summary = await ask<{ purchase_count: number; item_count: number; total_spent: string } & Warranties>(
      'analytics/summary',
    )
    deepStrictEqual(
      {
        purchase_count: summary.purchase_count,
        item_count: summary.item_count,
        amount: cents(summary.total_spent),
      },
      one<Sums>(sums),
    )
    deepStrictEqual(
      {
        active: summary.active_warranties,
        expired: summary.expired_warranties,
        voided: summary.voided_warranties,
      },
      one(`select
        count(*) filter (where voided_at is null and (warranty_end is null or warranty_end >= '2026-06-30')) as active,
        count(*) filter (where voided_at is null and warranty_end < '2026-06-30') as expired,
        count(*) filter (where voided_at is not null) as voided from warranties`),
    )

    const year = (await readJson(url, DASHBOARD['by period, a year by month'] ?? LIST_20)) as {
      total_amount: string
      item_count: number
    }
    const { purchase_count: _, ...inYear } = one<Sums>(
      `${sums} and purchase_date between '2025-07-01' and '2026-06-30'`,
    )
    deepStrictEqual({ item_count: year.item_count, amount: cents(year.total_amount) }, inYear)

    for (const [dimension, column] of [
      ['retailers', 'retailer_id'],
      ['brands', 'brand_id'],
    ] as const) {
      const shares = await ask<Record<string, unknown>[]>(`analytics/${dimension}`)
      deepStrictEqual(
        shares.map((share) => [share[column], share.count, cents(String(share.total_spent))]).sort(),
        db
          .prepare(
            `select ${column}, count(*), sum(price * quantity) from purchases where currency_code = 'USD' group by 1`,
          )
          .raw()
          .all()
          .sort(),
      )
    }

    const [top] = await ask<{ count: number }[]>('analytics/top-products?limit=1')
    deepStrictEqual(
      { count: top?.count },
      one(`select sum(quantity) as count from purchases where currency_code = 'USD'
        group by product_name order by 1 desc limit 1`),
    )

    for (const text of Object.values(NEEDLES)) {
      const found = (await readJson(url, searchFor(text))) as { total: number }
      deepStrictEqual(
        { text, total: found.total },
        {
          text,
          ...one<object>(
            `select count(*) as total from purchases p left join retailers r on r.id = p.retailer_id
             left join brands b on b.id = p.brand_id
             where p.search_text like @like or r.search_text like @like or b.search_text like @like`,
            { like: `%${text}%` },
          ),
        },
      )
    }
  } finally {
    db.close()
  }
}

interface Warranties {
  active_warranties: number
  expired_warranties: number
  voided_warranties: number
}

function cents(amount: string): number {
  return Number(amount.replace('.', ''))
}
