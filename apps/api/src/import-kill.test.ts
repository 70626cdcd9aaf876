import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type ImportReport, type Job, verifyStatistics } from '@spends/core'
import { type Random, seededRandom } from '@spends/core/demo/random'
import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type SpawnedServer, spawnServer } from './testing.ts'

/** Purchases of the instance's own, from the first on, and in the file that is imported: they overlap. */
const OWN = { first: 0, count: 400 }
const FILE = { first: 200, count: 2_500 }
/** Of the purchases in both, every so many is the same in both. */
const SAME_EACH = 4
const KILLS = { sqlite: 2, postgres: 1 }

const [IN_BOTH, NEW] = [OWN.first + OWN.count - FILE.first, FILE.first + FILE.count - OWN.count]

describeEachEngine('an import whose process is killed', ({ name, createDatabaseUrl }) => {
  let env: { DATABASE_URL: string; DATA_DIR: string }
  let server: SpawnedServer | undefined
  beforeEach(async () => {
    env = { DATABASE_URL: await createDatabaseUrl(), DATA_DIR: await mkdtemp(join(tmpdir(), 'spends-kill-')) }
  })
  afterEach(async () => {
    await server?.kill()
    await rm(env.DATA_DIR, { recursive: true, force: true })
  })

  async function restart(): Promise<SpawnedServer> {
    await server?.kill()
    server = await spawnServer({ env })
    return server
  }

  /** All that an owner can see of his data, and whether the kept figures are those of the purchases. */
  async function readState({ url }: SpawnedServer) {
    const [retailers, brands] = await Promise.all(
      ['retailers', 'brands'].map(async (list) => (await ask<{ items: unknown[] }>(`${url}/api/${list}`)).items),
    )
    const csv = await textOf(`${url}/api/export/csv`)
    const json = await textOf(`${url}/api/export/json`)
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    const wrongFigures = await verifyStatistics({ db, now: () => new Date() }).finally(close)
    return {
      counts: {
        purchases: csv.split('\r\n').length - 2,
        retailers: retailers?.length,
        brands: brands?.length,
      },
      wrongFigures,
      // What is brought back is a later version all the same. The last column says when that was.
      table: digest(csv.replaceAll(/,[^,\r\n]*\r\n/g, '\r\n')),
      document: digest(json.replaceAll(/"(exported_at|updated_at|version)": ?("[^"]*"|\d+)/g, '')),
    }
  }

  it('leaves everything as it was before or as it is afterwards, and can be run again', {
    timeout: 600_000,
  }, async () => {
    const seed = Date.now() % 2 ** 31
    const random = seededRandom(seed)
    let running = await restart()
    await importTable(running, writeTable(OWN, 'old'))
    const before = await readState(running)
    expect(before).toMatchObject({ counts: { purchases: OWN.count }, wrongFigures: [] })

    const table = writeTable(FILE, 'new')
    const start = performance.now()
    const whole = await importTable(running, table)
    const duration = performance.now() - start
    expect(whole).toMatchObject({
      created: NEW,
      updated: IN_BOTH - IN_BOTH / SAME_EACH,
      skipped: IN_BOTH / SAME_EACH,
      failed: 0,
    })
    const { document: _, ...after } = await readState(running)
    expect(after).toMatchObject({ counts: { purchases: OWN.count + NEW }, wrongFigures: [] })
    expect(after.counts.retailers).toBeGreaterThan(before.counts.retailers ?? 0)
    await undo(running, whole.job_id)
    expect(await readState(running)).toEqual(before)

    const seen: Record<string, number> = {}
    // However fast it goes, one of them is hit while it works.
    for (let kill = 1; kill <= KILLS[name] || !seen.INTERRUPTED; kill += 1) {
      const { id } = await startImport(running, table)
      await setTimeout(random.below(duration))
      running = await restart()
      if (random.happens(0.3)) {
        // While what was cut off is being taken back.
        await setTimeout(random.below(duration / 2))
        running = await restart()
      }
      const job = await jobOver(running, id)
      const where = `kill ${kill} of seed ${seed}, job ${job.status}`
      seen[job.status] = (seen[job.status] ?? 0) + 1
      if (job.status === 'SUCCEEDED') {
        // It had not begun, or was through.
        expect(await readState(running), where).toMatchObject(after)
        await undo(running, id)
      } else {
        expect(job, where).toMatchObject({ status: 'INTERRUPTED', result: null, error: expect.any(String) })
      }
      expect(await readState(running), where).toEqual(before)
    }
    expect(seen, `seed ${seed}`).toHaveProperty('INTERRUPTED')

    expect(await importTable(running, table)).toMatchObject({ created: NEW, updated: whole.updated, failed: 0 })
    expect(await readState(running)).toMatchObject(after)
  })
})

/** A table of ours; the two kinds say something else of the same purchase, but for every fourth. */
function writeTable({ first, count }: { first: number; count: number }, kind: 'old' | 'new'): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = first + index
    return toLine(number, number % SAME_EACH === 0 ? 'old' : kind, seededRandom(number))
  })
  return [HEADER, ...lines].map((line) => `${line}\r\n`).join('')
}

const HEADER =
  'id,product_name,price,quantity,currency_code,retailer,brand,status,purchase_date,notes,model_number,serial_number,order_number,link,return_by,return_policy,tax_deductible,tags,warranty_start,warranty_end,warranty_type,warranty_status,warranty_provider,warranty_notes,created_at,updated_at'

function toLine(number: number, kind: 'old' | 'new', random: Random): string {
  const isNew = kind === 'new'
  const day = `2024-${two(1 + random.below(12))}-${two(1 + random.below(28))}`
  const warranty =
    random.happens(0.6) || isNew
      ? [day, `2027${day.slice(4)}`, 'LIMITED', '', isNew ? 'Insurer' : '', '']
      : Array(6).fill('')
  return [
    `0190a0b0-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
    `${random.pick(['Lamp', 'Stuhl “Köln”', 'чайник'])} ${number}`,
    `${random.below(1000)}.${two(random.below(100))}`,
    isNew ? 2 : 1,
    random.pick(['EUR', 'USD']),
    `Shop ${random.below(isNew ? 60 : 20)}`,
    random.happens(0.5) ? `Maker ${random.below(isNew ? 90 : 30)}` : '',
    'RECEIVED',
    day,
    isNew ? `"Note, ${number}"` : '',
    ...['', '', `O-${number}`, '', '', '', 'false'],
    isNew ? 'new;import' : random.happens(0.3) ? 'old' : '',
    ...warranty,
    '2024-12-31T10:00:00Z',
    '2024-12-31T10:00:00Z',
  ].join()
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

async function startImport({ url }: SpawnedServer, table: string): Promise<Job> {
  const response = await fetch(`${url}/api/import/csv?duplicates=update`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv', Prefer: 'respond-async' },
    body: table,
  })
  expect(response.status).toBe(202)
  return (await response.json()) as Job
}

async function importTable(server: SpawnedServer, table: string): Promise<ImportReport> {
  const { id } = await startImport(server, table)
  const job = await jobOver(server, id)
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null })
  return job.result as ImportReport
}

/** Asks until the job is over. */
async function jobOver({ url }: SpawnedServer, id: string): Promise<Job> {
  for (;;) {
    const job = await ask<Job>(`${url}/api/jobs/${id}`)
    if (job.finished_at !== null) return job
    await setTimeout(50)
  }
}

async function undo({ url }: SpawnedServer, jobId: string): Promise<void> {
  const response = await fetch(`${url}/api/import/${jobId}/undo`, { method: 'POST' })
  expect(await response.json()).toMatchObject({ job_id: jobId, kept: [] })
}

async function ask<T>(url: string): Promise<T> {
  return JSON.parse(await textOf(url)) as T
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  return response.text()
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
