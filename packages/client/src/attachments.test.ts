import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attachmentUrl, type Client, createClient, getFailure, uploadAttachment } from './index.ts'

let server: SpawnedServer
let client: Client
let folder: string
let purchase: { id: string }
beforeAll(async () => {
  server = await spawnServer({ env: { MAX_UPLOAD_BYTES: '100000' } })
  client = createClient({ url: server.url })
  folder = await mkdtemp(join(tmpdir(), 'spends-attachments-'))
  purchase = await client.purchases.create.mutate({ product_name: 'Lamp', price: '5', purchase_date: '2026-01-31' })
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

it('attaches a file, finds it at its purchase, reads it and deletes it', async () => {
  const file = new File(['%PDF-1.7'], '領収書 "1".pdf')
  const made = await uploadAttachment(`${server.url}/`, purchase.id, file, { kind: 'RECEIPT' })
  expect(made).toMatchObject({ kind: 'RECEIPT', filename: '領収書 "1".pdf', mime_type: 'application/pdf', size: 8 })
  expect((await client.purchases.get.query({ id: purchase.id })).attachments).toEqual([made])
  expect(await client.attachments.get.query({ id: made.id })).toEqual(made)
  const response = await fetch(attachmentUrl(`${server.url}/`, made))
  expect([response.headers.get('Content-Type'), await response.text()]).toEqual(['application/pdf', '%PDF-1.7'])
  await client.attachments.delete.mutate({ id: made.id })
  expect((await client.purchases.get.query({ id: purchase.id })).attachments).toEqual([])
})

it('attaches a file of the disk, under any name', async () => {
  const path = join(folder, 'words')
  await writeFile(path, 'words')
  const made = await uploadAttachment(server.url, purchase.id, await openAsBlob(path), { filename: 'Garantie.txt' })
  expect(made).toMatchObject({ kind: 'OTHER', filename: 'Garantie.txt', mime_type: 'text/plain', size: 5 })
})

it.each([
  ['UNPROCESSABLE_CONTENT', 0],
  ['PAYLOAD_TOO_LARGE', 100_001],
])('fails as a call does: %s', async (code, size) => {
  const failed = uploadAttachment(server.url, purchase.id, new Blob(['x'.repeat(size)]))
  expect(getFailure(await failed.catch((error: unknown) => error))).toMatchObject({ code })
})

it('can be broken off', async () => {
  const failed = uploadAttachment(server.url, purchase.id, new Blob(['x']), { signal: AbortSignal.abort() })
  expect(getFailure(await failed.catch((error: unknown) => error))).toMatchObject({ code: 'NO_ANSWER' })
})
