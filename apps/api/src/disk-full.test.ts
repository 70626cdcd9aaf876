import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Backup, Job } from '@spends/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeSmallDisk, mayMakeDisks, type SmallDisk } from './testing/small-disk.ts'
import { type SpawnedServer, spawnServer } from './testing.ts'

const KB = 1024
/** What is left of a disk, until there is enough of it. */
const LITTLE = [0, 8, 64, 256, 512, 1024].map((room) => room * KB)
const NO_ROOM = { code: 'INSUFFICIENT_STORAGE', message: 'There is no room left on the disk. Nothing was changed.' }

describe.runIf(mayMakeDisks())('where a disk is full', () => {
  let data: SmallDisk
  let uploads: SmallDisk
  let backups: SmallDisk
  let server: SpawnedServer
  beforeAll(async () => {
    data = makeSmallDisk('8m')
    uploads = makeSmallDisk('2m')
    backups = makeSmallDisk('8m')
    for (const { path } of [uploads, backups]) await mkdir(join(path, 'in'))
    server = await spawnServer({
      env: {
        DATA_DIR: data.path,
        UPLOADS_URL: `file:${join(uploads.path, 'in')}`,
        BACKUPS_DIR: join(backups.path, 'in'),
        LOG_LEVEL: 'warn',
      },
    })
    await buy('Clock', Buffer.alloc(300 * KB, 'clock'))
  })
  afterAll(async () => {
    await server?.stop()
    for (const disk of [data, uploads, backups]) disk?.remove()
  })
  beforeEach(async () => {
    for (const disk of [data, uploads, backups]) await disk.free()
  })

  async function send(path: string, json?: object, headers: Record<string, string> = {}) {
    const init = json && { method: 'POST', body: JSON.stringify(json) }
    const response = await fetch(`${server.url}/api/${path}`, {
      ...init,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
    // Each test knows what it looks for in it.
    const body: ReturnType<typeof JSON.parse> = await response.json()
    return { status: response.status, type: response.headers.get('Content-Type') ?? '', body }
  }

  async function buy(product_name: string, bytes?: Buffer) {
    const answer = await send('purchases', { product_name, price: '12.50', purchase_date: '2026-03-01' })
    if (bytes && answer.status === 201) {
      const form = new FormData()
      form.set('file', new File([new Uint8Array(bytes)], 'manual.bin'))
      const sent = await fetch(`${server.url}/api/purchases/${answer.body.id}/attachments`, {
        method: 'POST',
        body: form,
      })
      expect(sent.status).toBe(201)
    }
    return answer
  }

  /** All that an owner can see of his data. */
  async function readData(): Promise<unknown> {
    const { exported_at: _, ...rest } = (await send('export/json')).body
    return rest
  }

  async function jobOver(id: string): Promise<Job> {
    for (;;) {
      const { status, body } = await send(`jobs/${id}`)
      if (status === 200 && body.finished_at !== null) return body
      await setTimeout(20)
    }
  }

  async function backUp(): Promise<Job> {
    return jobOver((await send('backup/create', {})).body.id)
  }

  async function listed(): Promise<Backup[]> {
    return (await send('backup/list')).body.items
  }

  /** Whatever lies in the folder of backups beside those that are listed. */
  async function leftovers(): Promise<string[]> {
    const known = new Set((await listed()).flatMap(({ filename }) => [filename, `${filename}.json`]))
    const names = await readdir(join(backups.path, 'in'), { recursive: true })
    return names.filter((name) => name !== 'tmp' && !known.has(name))
  }

  it('a purchase is refused, others are read, and it is written once there is room', async () => {
    const before = await readData()
    const acknowledged: string[] = []
    await data.fill()
    let refusal: Awaited<ReturnType<typeof buy>> | undefined
    // What the log of the database had taken before is written over first.
    for (let count = 0; !refusal && count < 2000; count += 1) {
      const answer = await buy(`Lamp ${count}`)
      if (answer.status === 201) acknowledged.push(answer.body.id)
      else refusal = answer
    }
    expect(refusal).toMatchObject({
      status: 507,
      type: expect.stringContaining('application/problem+json'),
      body: { code: NO_ROOM.code, detail: NO_ROOM.message },
    })
    for (const id of acknowledged) expect((await send(`purchases/${id}`)).status).toBe(200)
    expect((await send('purchases')).body.total).toBe(acknowledged.length + 1)
    await data.free()
    for (const id of [(await buy('Lamp')).body.id, ...acknowledged]) {
      expect((await fetch(`${server.url}/api/purchases/${id}`, { method: 'DELETE' })).status).toBe(204)
    }
    expect(await readData()).toEqual(before)
  })

  it('no backup is half made, however little is missing, and the next one is well', { timeout: 300_000 }, async () => {
    const seen = new Set<string>()
    for (const room of LITTLE) {
      await backups.fill(room)
      const { status, error } = await backUp()
      seen.add(status)
      if (status === 'SUCCEEDED') break
      expect([room, status, error]).toEqual([room, 'FAILED', NO_ROOM.message])
      expect([await listed(), await leftovers()]).toEqual([[], []])
    }
    expect(seen).toContain('FAILED')
    await backups.fill()
    const waited = await send('backup/create', {}, { Prefer: 'wait' })
    expect([waited.status, waited.body.code]).toEqual([507, NO_ROOM.code])
    await backups.free()
    expect((await backUp()).status).toBe('SUCCEEDED')
    expect(await leftovers()).toEqual([])
  })

  it.each(['backups', 'uploads', 'data'] as const)(
    'nothing is half restored when it is the one of %s, and all of it once there is room',
    { timeout: 300_000 },
    async (which) => {
      const disk = { backups, uploads, data }[which]
      const made = await backUp()
      const { id: backup_id } = made.result as Backup
      const old = await readData()
      const { body } = await buy('Came later')
      // So that it has to be put again.
      await rm(join(uploads.path, 'in'), { recursive: true, force: true })
      const current = await readData()
      const kept = (await listed()).flatMap(({ id, trigger }) => (trigger === 'MANUAL' ? [id] : []))
      let failures = 0
      for (const room of LITTLE) {
        await disk.fill(room)
        const asked = await send('backup/restore', { backup_id })
        if (asked.status === 202) {
          const job = await jobOver(asked.body.id)
          if (job.status === 'SUCCEEDED') break
          expect([room, job.status, job.error]).toEqual([room, 'FAILED', NO_ROOM.message])
        } else expect([room, asked.status, asked.body.code]).toEqual([room, 507, NO_ROOM.code])
        failures += 1
        expect(await readData()).toEqual(current)
        expect(await leftovers()).toEqual([])
        for (const { verified_at } of await listed()) expect(verified_at).not.toBeNull()
      }
      expect(failures).toBeGreaterThan(0)
      await disk.free()
      expect((await listed()).map(({ id }) => id)).toEqual(expect.arrayContaining(kept))
      const { body: asked } = await send('backup/restore', { backup_id })
      expect((await jobOver(asked.id)).status).toBe('SUCCEEDED')
      expect(await readData()).toEqual(old)
      expect((await send(`purchases/${body.id}`)).status).toBe(404)
    },
  )
})
