import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Backup, backupUrl, type Client, createClient, getFailure, planRestoreFile, restoreFile } from './index.ts'

const passphrase = 'correct horse battery staple'

let server: SpawnedServer
let client: Client
beforeAll(async () => {
  server = await spawnServer()
  client = createClient({ url: server.url })
  await client.purchases.create.mutate({ product_name: 'Lamp', price: '5', purchase_date: '2026-01-31' })
})
afterAll(async () => {
  await server?.stop()
})

/** Waits for a job; while rows are replaced nobody is answered. */
async function resultOf(id: string): Promise<unknown> {
  for (;;) {
    const job = await client.jobs.get.query({ id }).catch((error: unknown) => {
      if (getFailure(error)?.code !== 'SERVICE_UNAVAILABLE') throw error
    })
    if (!job || job.finished_at === null) continue
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null })
    return job.result
  }
}

it('makes a backup, downloads it, and restores it from the file', async () => {
  const { id } = await client.backup.create.mutate({ passphrase })
  const backup = (await resultOf(id)) as Backup
  expect((await client.backup.list.query()).items).toMatchObject([{ id: backup.id, encrypted: true }])
  const file = await (await fetch(backupUrl(`${server.url}/`, backup))).blob()
  expect(file.size).toBe(backup.size)

  const later = await client.purchases.create.mutate({ product_name: 'Cup', price: '5', purchase_date: '2026-01-31' })
  const plan = await planRestoreFile(server.url, file, { passphrase })
  expect(plan.tables.purchases).toEqual({ now: 2, after: 1 })
  const restored = await resultOf((await restoreFile(server.url, file, { passphrase })).id)
  expect(restored).toMatchObject({ created_at: backup.created_at, restore_point: expect.any(String) })
  expect((await client.purchases.list.query()).items).toMatchObject([{ product_name: 'Lamp' }])

  const { restore_point } = restored as { restore_point: string }
  await resultOf((await client.backup.restore.mutate({ id: restore_point })).id)
  expect((await client.purchases.list.query()).items.map(({ id }) => id)).toContain(later.id)
})

it('is told why a file is refused', async () => {
  const error = await restoreFile(server.url, new Blob(['no backup'])).catch((reason: unknown) => reason)
  expect(getFailure(error)).toMatchObject({ code: 'BAD_REQUEST', httpStatus: 400 })
})
