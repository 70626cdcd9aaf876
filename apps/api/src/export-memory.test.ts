import { once } from 'node:events'
import { get } from 'node:http'
import { seedDatabase } from '@spends/core'
import { generatePurchases } from '@spends/core/demo/generate'
import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { spawnServer } from './testing.ts'

const PURCHASES = 20_000

describeEachEngine('an export', ({ createDatabaseUrl }) => {
  it('needs no more memory for more purchases', async () => {
    const url = await createDatabaseUrl()
    const { db, close } = connectDatabase({ url, dataDir: '' })
    const ctx = { db, now: () => new Date('2026-03-15T12:00:00Z') }
    await seedDatabase(ctx)
    await generatePurchases(ctx, { purchases: PURCHASES })
    await close()

    // The server itself takes most of this heap; the rows of one export would take more than all of it.
    const server = await spawnServer({ env: { DATABASE_URL: url, NODE_OPTIONS: '--max-old-space-size=48' } })
    try {
      const request = get(`${server.url}/api/export/json`, { agent: false })
      const [response] = await once(request, 'response')
      let lines = 0
      for await (const chunk of response) for (const byte of chunk) if (byte === 0x0a) lines += 1
      expect(response.complete).toBe(true)
      expect(lines).toBeGreaterThan(PURCHASES)
    } finally {
      await server.stop()
    }
  }, 120_000)
})
