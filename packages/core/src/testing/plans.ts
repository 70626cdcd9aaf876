import type { Db } from '@spends/db'
import { type CompiledQuery, type KyselyPlugin, sql } from 'kysely'
import type { Context } from '../context.ts'

/**
 * How the database would find the rows of every query that `work` makes: the lines of its plans.
 * Small tables are read from end to end whatever indexes they have, so that way is forbidden where it can be.
 */
export async function plansOf(
  ctx: Context,
  engine: string,
  work: (ctx: Context) => Promise<unknown>,
): Promise<string[]> {
  const queries: CompiledQuery[] = []
  const executor = ctx.db.getExecutor()
  const recorder: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const query = executor.compileQuery(node, queryId)
      // One that is only prepared here holds stand-ins yet, and is met again when it runs.
      if (query.parameters.every((value) => typeof value !== 'object' || Array.isArray(value))) queries.push(query)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  // One transaction around it all: whatever the work opens for itself would escape the recorder.
  await ctx.db
    .withPlugin(recorder)
    .transaction()
    .execute(async (db) => {
      const execute = db.executeQuery.bind(db)
      db.executeQuery = (query, options) => {
        if ('sql' in query) queries.push(query)
        return execute(query, options)
      }
      await work({ ...ctx, db })
    })
  const plans: string[] = []
  for (const query of queries) plans.push(...(await explain(ctx.db, engine, query)))
  return plans
}

async function explain(db: Db, engine: string, query: CompiledQuery): Promise<string[]> {
  if (engine === 'sqlite') {
    const { rows } = await db.executeQuery<{ detail: string }>({ ...query, sql: `explain query plan ${query.sql}` })
    return rows.map(({ detail }) => detail)
  }
  return db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx)
    const { rows } = await tx.executeQuery<{ 'QUERY PLAN': string }>({ ...query, sql: `explain ${query.sql}` })
    return rows.map((row) => row['QUERY PLAN'])
  })
}
