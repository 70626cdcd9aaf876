import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createBackup, newId } from '@spends/core'
import { testFolder } from '@spends/db/testing'
import { createTRPCUntypedClient, httpLink, TRPCClientError } from '@trpc/client'
import type { Hono } from 'hono'
import type { DatabaseHandle } from '../database.ts'
import type { AppEnv } from '../edge.ts'
import { listOperations, type Operation } from '../rest/operations.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { startTestApp, type TestApp, type TestRequest } from '../testing.ts'

/** Every REST operation, found in the router, by the name of its procedure. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  listOperations(appRouter).map((operation) => [operation.procedure, operation]),
)

export function operationOf(procedure: string): Operation {
  const operation = OPERATIONS.get(procedure)
  if (!operation) throw new Error(`${procedure} is no REST operation`)
  return operation
}

/** What a door answered: what was asked for, or the failure in the words both doors share. */
type Outcome = { ok: true; output: unknown } | ({ ok: false; status: number } & Failure)

interface Failure {
  code: string
  detail: string
  errors: { path: string; message: string }[] | undefined
}

/** A server on a database with a few purchases in it, on a day that stands still. */
export interface World {
  server: TestApp
  /** Names of the things in it, each with its id. */
  ids: Readonly<Record<ThingName, string>>
  askRest(procedure: string, input: unknown): Promise<Outcome>
  askTrpc(procedure: string, input: unknown): Promise<Outcome>
  /** The value with a name for every id, the same in all worlds that lived through the same. */
  label(value: unknown): unknown
  /** Every row of every table, once no job is at work. */
  dump(): Promise<Record<string, string[]>>
}

export const TODAY = '2026-03-15'
const NOW = new Date('2026-03-15T10:20:30.456Z')

export async function createWorld(database: DatabaseHandle, env: Record<string, string> = {}): Promise<World> {
  const DATA_DIR = join(testFolder(), randomUUID())
  const server = await startTestApp(database, { now: () => NOW, env: { DATA_DIR, ...env } })
  const tables = (await database.db.introspection.getTables()).map(({ name }) => name)
  const trpc = createTRPCUntypedClient<AppRouter>({
    links: [httpLink({ url: 'http://localhost/trpc', fetch: fetchFrom(server.app) })],
  })
  const labels = new Map<string, string>()
  const furniture = await furnish(server)
  const panReceipt = await addReceipt(server, furniture)
  const ids = {
    ...furniture,
    panReceipt,
    ...(await addJobs(database)),
    file: await addFile(server),
    backup: await addBackup(server, database),
  }
  for (const [name, id] of Object.entries(ids)) labels.set(id, `<${name}>`)

  return {
    server,
    ids,
    askRest: async (procedure, input) => {
      const { path, init } = toRestRequest(operationOf(procedure), input)
      const response = await server.request(path, init)
      if (response.ok) return { ok: true, output: response.status === 204 ? undefined : await response.json() }
      const { code, detail, errors } = (await response.json()) as Failure
      return { ok: false, status: response.status, code, detail, errors }
    },
    askTrpc: async (procedure, input) => {
      const ask = operationOf(procedure).rest.method === 'GET' ? trpc.query : trpc.mutation
      try {
        return { ok: true, output: await ask.call(trpc, procedure, input) }
      } catch (error) {
        if (!(error instanceof TRPCClientError) || !error.data) throw error
        const { httpStatus, code, detail, errors } = error.data
        return { ok: false, status: httpStatus, code, detail, errors }
      }
    },
    label(value) {
      const text = JSON.stringify(value)
      if (text === undefined) return undefined
      // Ids stand in backups and stamps too, and decide about sizes and hashes.
      const alike = text
        .replace(BACKUP_SIZE, '$10')
        .replace(BACKUP_HASH, '$1')
        .replace(STAMP_HASH, '$1')
        .replace(TAKEN_BACK, '$1null')
      return JSON.parse(alike.replaceAll(UUID, (id) => labelOf(id, labels)))
    },
    async dump() {
      await server.jobs.idle()
      const all: Record<string, string[]> = {}
      for (const table of tables) {
        const rows = await database.db
          .selectFrom(table as 'purchases')
          .selectAll()
          .execute()
        all[table] = rows.map((row) => JSON.stringify(row)).sort()
      }
      return all
    },
  }
}

/** A fetch that needs no network. */
export function fetchFrom(app: Hono<AppEnv>) {
  return async (url: unknown, init?: object): Promise<Response> => app.request(String(url), init)
}

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi

const BACKUP_SIZE =
  /((?:total_size|Z(?:-\d+)?\.zip\\*",(?:\\*"created_at\\*":\\*"[^"]*",\\*"trigger\\*":\\*"\w+\\*",)?\\*"size)\\*":)\d+/g
const BACKUP_HASH = /((?:content_hash|"size\\*":0,\\*"sha256)\\*":\\*")[\da-f]{64}/g

const STAMP_HASH = /(stamp\\*":\\*"\d+ \S+ \S+ )[\da-f]{40}/g

/** How far the taking back of a job was told depends on how quick it was. */
const TAKEN_BACK = /(stage\\*":\\*"undo\\*",\\*"done\\*":\d+,\\*"total\\*":)(?:null|\d+)/g

/** What has no name yet is named by its turn. */
function labelOf(id: string, labels: Map<string, string>): string {
  const label = labels.get(id) ?? `<new ${labels.size}>`
  labels.set(id, label)
  return label
}

/** An input as REST carries it: in path and query, or in path and body. */
export function toRestRequest({ rest, hasBody, pathParameters }: Operation, input: unknown) {
  const fields = { ...(input as Record<string, unknown> | undefined) }
  let path = `/api${rest.path}`
  for (const name of pathParameters) {
    path = path.replace(`{${name}}`, encodeURIComponent(String(fields[name])))
    delete fields[name]
  }
  const init: TestRequest = { method: rest.method, ...(hasBody ? { json: fields } : {}) }
  if (hasBody) return { path, init }
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )
  return { path: pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`, init }
}

const BODIES = {
  shop: ['/api/retailers', { name: 'Ärzte-Shop', url: 'https://shop.example' }],
  market: ['/api/retailers', { name: 'Flea market' }],
  acme: ['/api/brands', { name: 'Acme' }],
  zeta: ['/api/brands', { name: 'Zeta' }],
} as const

const PURCHASES = {
  lamp: {
    product_name: 'Desk lamp',
    price: '19.99',
    quantity: 3,
    purchase_date: '2026-01-31',
    notes: 'Line one\nline two',
    model_number: 'M-1',
    serial_number: 'S-1',
    order_number: 'O-1',
    link: 'https://shop.example/lamp',
    return_by: '2026-02-28',
    return_policy: 'Thirty days',
    tax_deductible: true,
    tags: ['Home', 'office'],
    warranty: { warranty_start: '2026-01-31', warranty_end: '2028-01-31', provider: 'Acme', notes: 'Keep the box' },
  },
  phone: {
    product_name: 'Phone',
    price: '50000',
    currency_code: 'JPY',
    purchase_date: '2025-12-24',
    status: 'ORDERED',
  },
  sofa: {
    product_name: 'sofa',
    price: '1.250',
    currency_code: 'KWD',
    purchase_date: '2024-02-29',
    warranty: { warranty_start: '2024-02-29', warranty_end: '2026-03-14', warranty_type: 'RETAILER' },
  },
  drill: {
    product_name: 'Drill',
    price: '89.00',
    purchase_date: '2026-01-31',
    warranty: { warranty_start: '2025-01-31', warranty_end: TODAY, warranty_type: 'EXTENDED' },
  },
  pan: {
    product_name: 'Pan',
    price: '45.50',
    purchase_date: '2025-05-05',
    warranty: { warranty_start: '2025-05-05', warranty_type: 'LIFETIME' },
  },
  kettle: {
    product_name: 'Kettle',
    price: '0',
    purchase_date: '2025-06-01',
    warranty: { warranty_start: '2025-06-01', warranty_end: '2026-04-14', status: 'VOIDED' },
  },
} as const

/** Two that are over, and one that another machine does for as long as tests last. */
const JOBS = {
  imported: {
    kind: 'IMPORT',
    status: 'SUCCEEDED',
    stage: 'write',
    done: 2,
    total: 2,
    result: '{"created":0,"updated":0,"retailers_created":0,"brands_created":0}',
    created_at: '2026-03-14T10:00:00Z',
    started_at: '2026-03-14T10:00:01Z',
    finished_at: '2026-03-14T10:00:02Z',
  },
  changed: {
    kind: 'CHANGE',
    status: 'SUCCEEDED',
    stage: 'changing',
    done: 1,
    total: 1,
    result: '{"matched":1,"changed":0,"undone_at":null}',
    created_at: '2026-03-14T11:00:00Z',
    started_at: '2026-03-14T11:00:01Z',
    finished_at: '2026-03-14T11:00:02Z',
  },
  importing: {
    kind: 'IMPORT',
    status: 'RUNNING',
    stage: 'read',
    done: 1,
    created_at: '2026-03-15T10:00:00Z',
    started_at: '2026-03-15T10:00:01Z',
    claimed_by: 'elsewhere:1:worker',
    heartbeat_at: '2999-12-31T00:00:00Z',
  },
} as const

export type ThingName =
  | keyof typeof BODIES
  | keyof typeof JOBS
  | 'file'
  | 'backup'
  | 'panReceipt'
  | PurchaseName
  | `${Exclude<PurchaseName, 'phone'>}Warranty`
type PurchaseName = keyof typeof PURCHASES

/** Makes the things through REST. The phone has no warranty; only the shop and Acme are in use. */
async function furnish(
  server: TestApp,
): Promise<Record<Exclude<ThingName, keyof typeof JOBS | 'file' | 'backup' | 'panReceipt'>, string>> {
  const ids: Partial<Record<string, string>> = {}
  for (const [name, [path, json]] of Object.entries(BODIES)) ids[name] = (await make(server, path, json)).id
  for (const [name, purchase] of Object.entries(PURCHASES)) {
    const links = name === 'lamp' || name === 'sofa' ? { retailer_id: ids.shop, brand_id: ids.acme } : {}
    const made = await make(server, '/api/purchases', { ...purchase, ...links })
    ids[name] = made.id
    if (made.warranty) ids[`${name}Warranty`] = made.warranty.id
  }
  return ids as Awaited<ReturnType<typeof furnish>>
}

/** A receipt of the pan. */
async function addReceipt(server: TestApp, { pan }: { pan: string }): Promise<string> {
  const body = new FormData()
  body.set('kind', 'RECEIPT')
  body.set('file', new File(['%PDF-1.7 the pan'], 'Pfanne.pdf'))
  const response = await server.request(`/api/purchases/${pan}/attachments`, { method: 'POST', body })
  if (response.status !== 201) throw new Error(`The receipt was refused: ${await response.text()}`)
  return ((await response.json()) as Made).id
}

/** A file to import; whether dates are written day or month first is left open. */
async function addFile(server: TestApp): Promise<string> {
  const body = 'Name,Amount,Day\r\nCup,4.50,03/04/2026\r\nSaucer,2.50,05/06/2026\r\n'
  const init = { method: 'POST', body, headers: { 'Content-Type': 'text/csv' } }
  const response = await server.request('/api/import/files', init)
  if (response.status !== 201) throw new Error(`The file was refused: ${await response.text()}`)
  return ((await response.json()) as Made).id
}

async function addBackup({ files, folders }: TestApp, { db }: DatabaseHandle): Promise<string> {
  const ctx = { db, now: () => NOW }
  const options = { ctx, files, folder: folders.backups, trigger: 'MANUAL', appVersion: '1.2.3' } as const
  return (await createBackup(options)).id
}

async function addJobs({ db }: DatabaseHandle): Promise<Record<keyof typeof JOBS, string>> {
  const ids = { imported: newId(), changed: newId(), importing: newId() }
  for (const [name, job] of Object.entries(JOBS)) {
    const id = ids[name as keyof typeof JOBS]
    await db
      .insertInto('jobs')
      .values({ id, ...job })
      .execute()
  }
  return ids
}

interface Made {
  id: string
  warranty?: { id: string } | null
}

async function make(server: TestApp, path: string, json: unknown): Promise<Made> {
  const response = await server.request(path, { json })
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json() as Promise<Made>
}
