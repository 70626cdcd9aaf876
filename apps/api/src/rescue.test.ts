import { once } from 'node:events'
import { copyFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { runProgram, type SpawnedServer, spawnServer } from './testing.ts'

let DATA_DIR: string
let path: string
beforeEach(async () => {
  DATA_DIR = await mkdtemp(join(tmpdir(), 'spends-rescue-'))
  onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }))
  path = join(DATA_DIR, 'spends_tracker.db')
})

async function spends(...words: string[]) {
  return runProgram('cli', words, { DATA_DIR })
}

async function spawn(): Promise<SpawnedServer> {
  // One that the whole server can take as well.
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  const server = await spawnServer({ env: { DATA_DIR, PORT: String(port) } })
  onTestFinished(async () => void (await server.kill()))
  return server
}

async function damageFile(): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(8192, 'no database'), 0, 8192, 0)
  await file.close()
}

/** Data, a backup of it, and then noise in the place of the database. @returns the backup's id and file */
async function fillAndDamage(): Promise<{ id: string; file: string }> {
  await spends('demo', '--purchases', '30')
  const { stdout } = await spends('backup')
  await damageFile()
  const [, file = ''] = /proven: (.*)\n/.exec(stdout) ?? []
  const [, id = ''] = /\n([0-9a-f-]{36}) /.exec(stdout) ?? []
  return { id, file }
}

/** Resolves when the whole server answers at the address of the rescue. */
async function wholeServer({ url }: SpawnedServer): Promise<string> {
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    if (response?.status === 200) return url
    await setTimeout(20)
  }
}

const json = { 'Content-Type': 'application/json' }

it('serves nothing but a rescue while the database is damaged, then everything', async () => {
  const { id } = await fillAndDamage()
  const server = await spawn()
  const { url } = server

  const health = await fetch(`${url}/healthz`)
  expect([health.status, await health.json()]).toEqual([
    200,
    { status: 'ok', mode: 'rescue', reason: expect.stringContaining(path) },
  ])
  for (const [method, place] of [
    ['GET', '/readyz'],
    ['GET', '/api/purchases'],
    ['POST', '/api/purchases'],
    ['GET', '/trpc/purchases.list'],
    ['GET', '/'],
  ] as const) {
    const response = await fetch(url + place, { method })
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('60')
    expect(await response.json()).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      detail: expect.stringMatching(/^The database is damaged, .*POST \/api\/backup\/restore/),
    })
  }

  for (const [language, wanted] of [
    ['en', 'fr-FR,fr;q=0.9'],
    ['de', 'de-AT,de;q=0.9,en;q=0.5'],
  ]) {
    const headers = { Accept: 'text/html,*/*;q=0.8', 'Accept-Language': wanted ?? '' }
    const page = await fetch(`${url}/inventory?id=1`, { headers })
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '60'])
    expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self';")
    expect(await page.text()).toContain(`<html lang="${language}">`)
  }

  const list = await (await fetch(`${url}/api/backup/list`)).json()
  expect(list).toMatchObject({ items: [{ id, row_counts: { purchases: 30 } }], total: 1, skip: 0, limit: 20 })
  const proof = await fetch(`${url}/api/backup/${id}/verify`, { method: 'POST' })
  expect(await proof.json()).toMatchObject({ verified_at: expect.any(String), problems: [] })

  const ask = (query: string, backup_id = id) =>
    fetch(`${url}/api/backup/restore${query}`, { method: 'POST', headers: json, body: JSON.stringify({ backup_id }) })
  const plan = await ask('?dry_run=true')
  expect(await plan.json()).toMatchObject({ tables: { purchases: { now: null, after: 30 } } })
  expect((await ask('', '01890a5d-ac96-774b-bcce-b302099a8057')).status).toBe(404)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)

  const restored = await ask('')
  expect(restored.status).toBe(200)
  expect(await restored.json()).toMatchObject({
    row_counts: { purchases: 30 },
    aside: expect.stringContaining('spends_tracker.db.broken-'),
  })
  const whole = await wholeServer(server)
  expect(await (await fetch(`${whole}/api/purchases`)).json()).toMatchObject({ total: 30 })
  expect((await server.stop()).code).toBe(0)
})

it('takes the file of a backup, and refuses one that is damaged', async () => {
  const { file } = await fillAndDamage()
  const server = await spawn()
  const bytes = await readFile(file)
  const send = (body: Buffer<ArrayBuffer>) =>
    fetch(`${server.url}/api/backup/restore`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/zip' },
      body: new Uint8Array(body),
    })
  const refused = await send(Buffer.from(bytes.subarray(0, bytes.length - 100)))
  expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'BAD_REQUEST' }])
  expect((await send(Buffer.from(bytes))).status).toBe(200)
  const whole = await wholeServer(server)
  expect(await (await fetch(`${whole}/api/purchases`)).json()).toMatchObject({ total: 30 })
  expect(await readdir(join(DATA_DIR, 'backups', 'tmp'))).toEqual([])
})

it('goes on as the whole server when somebody restores from the command line', async () => {
  await fillAndDamage()
  const server = await spawn()
  expect(await spends('restore', 'latest', '--yes')).toMatchObject({ code: 0, stderr: '' })
  const whole = await wholeServer(server)
  expect(await (await fetch(`${whole}/api/purchases`)).json()).toMatchObject({ total: 30 })
})

it('names the file that is no database, and leaves it alone until somebody restores', async () => {
  await writeFile(path, 'Dear diary')
  const server = await spawn()
  const { code, stdout } = await server.stop()
  expect(code).toBe(0)
  expect(stdout).toContain(`RESCUE MODE: the database is damaged (it is no database (${path}))`)
  expect(await readFile(path, 'utf8')).toBe('Dear diary')
})

it('is no answer to a database that is empty', async () => {
  await writeFile(path, '')
  const server = await spawn()
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  await server.stop()
})

it('keeps from replacing the file of a server that uses it', async () => {
  const { file } = await fillAndDamage()
  await copyFile(path, join(DATA_DIR, 'broken'))
  expect((await spends('restore', file, '--yes')).code).toBe(0)
  const server = await spawn()
  await damageFile()
  const restore = await spends('restore', file, '--yes')
  expect(restore).toMatchObject({ code: 1, stderr: expect.stringMatching(/ is in use\. Stop the server first\.\n$/) })
  await server.kill()
  expect(await spends('restore', file, '--yes')).toMatchObject({ code: 0 })
})
