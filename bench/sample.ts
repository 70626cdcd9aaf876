import { seededRandom } from '@spends/core/demo/random'
import { readJson } from './load.ts'
import { get, type Sample } from './requests.ts'
import type { Server } from './server.ts'

/** Ids from all over a database of that many purchases. */
export async function readSample(server: Server, purchases: number): Promise<Sample> {
  const random = seededRandom(2)
  const pages = Array.from({ length: 50 }, () => `purchases?limit=20&skip=${random.below(Math.max(1, purchases - 20))}`)
  const ids: string[] = []
  for (const page of pages) ids.push(...(await readIds(server, page)))
  return {
    purchases: ids,
    retailers: await readIds(server, 'retailers'),
    brands: await readIds(server, 'brands'),
  }
}

async function readIds({ url }: Server, list: string): Promise<string[]> {
  const { items } = (await readJson(url, get(`/api/${list}`))) as { items: { id: string }[] }
  return items.map(({ id }) => id)
}
