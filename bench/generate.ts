import { seedDatabase } from '@spends/core'
import { generatePurchases } from '@spends/core/demo/generate'
import { connectDatabase, migrateUp } from '@spends/db'

/** The moment at which the benchmark happens; the purchases lie in the five years before. */
export const NOW = new Date('2026-06-30T12:00:00Z')

/** Makes a database file of purchases as the services would have written them, the same each time. */
export async function generateDatabase(path: string, purchases: number): Promise<void> {
  const { db, close } = connectDatabase({ url: path, dataDir: '' })
  try {
    await migrateUp(db)
    const ctx = { db, now: () => NOW }
    await seedDatabase(ctx)
    await generatePurchases(ctx, { purchases })
  } finally {
    await close()
  }
}
