import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { createClient } from '@spends/client'
import { describeEachEngine } from '@spends/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

const TELLERS = [
  ['story.sh', 'sh', []],
  ['story.ts', process.execPath, ['--conditions=@spends/source']],
] as const

describeEachEngine('the examples', ({ createDatabaseUrl }) => {
  let server: SpawnedServer
  beforeAll(async () => {
    server = await spawnServer({ env: { DATABASE_URL: await createDatabaseUrl() } })
  })
  afterAll(() => server?.stop())

  it.each(TELLERS)(
    '%s tells the story, as often as one likes, and leaves nothing behind',
    async (file, program, words) => {
      const before = await listNames(server.url)
      for (const _ of ['once', 'again']) {
        const { stdout, stderr } = await promisify(execFile)(program, [...words, pathOf(file), server.url])
        expect(stdout.trimEnd().split('\n').at(-1)).toBe('The story is told.')
        expect(stderr).toBe('')
      }
      expect(await listNames(server.url)).toEqual(before)
    },
  )
})

it.each(TELLERS)('%s fails when nobody listens', async (file, program, words) => {
  const server = await spawnServer()
  await server.stop()
  await expect(promisify(execFile)(program, [...words, pathOf(file), server.url])).rejects.toMatchObject({
    code: expect.toSatisfy((code) => code > 0),
    stderr: expect.stringMatching(/connect|fetch failed/i),
  })
})

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** The names of everything that an instance holds. */
async function listNames(url: string): Promise<string[]> {
  const client = createClient({ url })
  const [purchases, warranties, retailers, brands] = await Promise.all([
    client.purchases.list.query({ limit: 100 }),
    client.warranties.list.query({ limit: 100 }),
    client.retailers.list.query({}),
    client.brands.list.query({}),
  ])
  return [
    ...purchases.items.map(({ product_name }) => product_name),
    ...warranties.items.map(({ purchase }) => purchase.product_name),
    ...retailers.items.map(({ name }) => name),
    ...brands.items.map(({ name }) => name),
  ]
}
