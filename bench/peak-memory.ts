import { sendAll } from './load.ts'
import { create, DASHBOARD, get, LIST_20, NEEDLES, type Sample, searchFor } from './requests.ts'
import type { Memory, Server } from './server.ts'

const ROUNDS = 30

/** What the process needs at most while lists, searches, dashboard and some writes run, eight at a time. */
export async function measureMemory(server: Server, sample: Sample): Promise<Memory> {
  const calls = [
    LIST_20,
    get('/api/purchases?limit=100&skip=5000'),
    get('/api/purchases?limit=100&sort=price'),
    get('/api/warranties?limit=100'),
    searchFor(NEEDLES.none),
    searchFor(NEEDLES.rare),
    searchFor(NEEDLES.many),
    ...Object.values(DASHBOARD),
  ]
  for (let round = 0; round < ROUNDS; round += 1) {
    await sendAll(server.url, [...calls, ...calls, create(round, sample)])
  }
  // Scans of everything: each holds the server for a while.
  await sendAll(server.url, [searchFor(NEEDLES.short), get('/api/purchases?tag=gift&sort=product_name')])
  return server.memory()
}
