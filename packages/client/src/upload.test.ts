import { once } from 'node:events'
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Client,
  createClient,
  type Failure,
  getFailure,
  type ImportFile,
  type ImportReport,
  importErrorsUrl,
  type Job,
  uploadImportFile,
} from './index.ts'

const TABLE = 'product_name,price,currency_code,purchase_date\r\nDesk lamp,49.90,EUR,2026-01-31\r\n'

let server: SpawnedServer
let client: Client
let folder: string
beforeAll(async () => {
  server = await spawnServer({ env: { MAX_IMPORT_BYTES: '1000000' } })
  client = createClient({ url: server.url })
  folder = await mkdtemp(join(tmpdir(), 'spends-upload-'))
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Why an upload fails. */
async function failureOf(upload: Promise<unknown>): Promise<Failure> {
  const error = await upload.then(
    () => expect.fail('The upload succeeded'),
    (reason: unknown) => reason,
  )
  return getFailure(error) ?? expect.fail('The error came from no call')
}

async function waitFor(id: string): Promise<Job> {
  for (;;) {
    const job = await client.jobs.get.query({ id })
    if (job.status !== 'QUEUED' && job.status !== 'RUNNING') return job
  }
}

it('sends a file, which is then looked at, imported and undone by its id', async () => {
  const file = await uploadImportFile(server.url, new File([TABLE], 'Käufe.csv'))
  expect(file).toEqual({
    id: expect.stringMatching(/^[\da-f-]{36}$/),
    filename: 'Käufe.csv',
    kind: 'CSV',
    size: TABLE.length,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  } satisfies Record<keyof ImportFile, unknown>)
  expect(await client.import.detect.mutate({ file_id: file.id })).toMatchObject({ rows: 1, questions: [] })

  const job = await client.import.run.mutate({ file_id: file.id })
  expect(await waitFor(job.id)).toMatchObject({ status: 'SUCCEEDED', result: { created: 1 } })
  expect(await client.import.undo.mutate({ job_id: job.id })).toMatchObject({ purchases_removed: 1, kept: [] })
})

it('leads to a report, and to every error in it', async () => {
  const file = await uploadImportFile(server.url, new Blob([`${TABLE}Lamp,cheap,EUR,2026-01-31\r\n`]))
  const { id } = await client.import.run.mutate({ file_id: file.id, dry_run: true })
  const { result } = await waitFor(id)
  const error = { row: 3, column: 'price', value: 'cheap', message: 'is no amount' }
  expect(result).toEqual({
    job_id: id,
    filename: 'import.csv',
    source: 'OTHER_CSV',
    dry_run: true,
    duplicates: 'skip',
    rows: 2,
    created: 1,
    updated: 0,
    skipped: 0,
    failed: 1,
    classes: { new: 1, identical: 0, changed: 0, probable_duplicate: 0, error: 1 },
    retailers_created: 0,
    brands_created: 0,
    errors: [error],
    error_count: 1,
    warnings: [],
    undone_at: null,
  } satisfies ImportReport)
  const response = await fetch(importErrorsUrl(`${server.url}/`, id))
  expect([response.status, await response.text()]).toEqual([
    200,
    'row,column,value,message\r\n3,price,cheap,is no amount\r\n',
  ])
})

it('sends a file of the disk, under any name', async () => {
  const path = join(folder, 'table')
  await writeFile(path, TABLE)
  const file = await uploadImportFile(`${server.url}/`, await openAsBlob(path), { filename: '購入 "1".csv' })
  expect(file).toMatchObject({ filename: '購入 "1".csv', size: TABLE.length })
})

it('sends its headers', async () => {
  const headers = { 'X-Request-Id': 'an-upload-of-mine' }
  expect(await failureOf(uploadImportFile(server.url, new Blob([]), { headers }))).toMatchObject({
    request_id: 'an-upload-of-mine',
  })
})

it('fails as a call does', async () => {
  expect(await failureOf(uploadImportFile(server.url, new Blob([])))).toEqual({
    code: 'BAD_REQUEST',
    httpStatus: 400,
    path: undefined,
    detail: 'The file is empty.',
    errors: undefined,
    request_id: expect.stringMatching(/^[\w-]{36}$/),
  })
  const large = new Blob(['x'.repeat(1_000_001)])
  expect(await failureOf(uploadImportFile(server.url, large))).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
})

it('can be broken off', async () => {
  const signal = AbortSignal.abort()
  expect(await failureOf(uploadImportFile(server.url, new Blob([TABLE]), { signal }))).toMatchObject({
    code: 'NO_ANSWER',
  })
})

it.each(['<h1>Bad Gateway</h1>', '{"error":"no"}', 'null', '[]'])(
  'says that %s comes from no instance',
  async (text) => {
    const proxy = createServer((request, response) => {
      request.resume()
      response.writeHead(502).end(text)
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const { port } = proxy.address() as AddressInfo
    const { code } = await failureOf(uploadImportFile(`http://127.0.0.1:${port}`, new Blob([TABLE])))
    expect(code).toBe('NO_ANSWER')
    proxy.close()
  },
)
