import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SpawnedServer, spawnServer } from './testing.ts'

/*
 * What a third party does: makes a client from the document that the server gives, and tells the story of the examples
 * with it.
 */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const STORY = `
import createClient from 'openapi-fetch'
import type { components, paths } from './api.d.ts'

const client = createClient<paths>({ baseUrl: process.argv[2] ?? '' })
const stamp = crypto.randomUUID()

function must<T>(value: T | undefined, problem?: components['schemas']['Problem']): T {
  if (value === undefined) throw new Error(problem?.detail ?? 'something is missing')
  return value
}
function mustBe(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error('expected ' + wanted + ', found ' + found)
}

const madeRetailer = await client.POST('/api/retailers', { body: { name: 'Corner Shop ' + stamp } })
const retailer: components['schemas']['Retailer'] = must(madeRetailer.data, madeRetailer.error)
mustBe(madeRetailer.response.headers.get('Location'), '/api/retailers/' + retailer.id)
const madeBrand = await client.POST('/api/brands', { body: { name: 'Lumen ' + stamp } })
const brand: components['schemas']['Brand'] = must(madeBrand.data, madeBrand.error)

const lamp: components['schemas']['NewPurchase'] = {
  product_name: 'Desk lamp',
  price: '49.90',
  currency_code: 'EUR',
  purchase_date: '2026-01-31',
  retailer_id: retailer.id,
  brand_id: brand.id,
  tags: ['home office'],
  warranty: { warranty_start: '2026-01-31', warranty_end: '2029-01-31' },
}
const bought = await client.POST('/api/purchases', { body: lamp })
const { id } = must(bought.data, bought.error)

const found = await client.GET('/api/purchases', {
  params: { query: { search: 'LUMEN ' + stamp, status: ['ORDERED', 'RECEIVED'], limit: 5 } },
})
const [item] = must(found.data, found.error).items
mustBe(item?.id, id)
mustBe(item?.warranty?.warranty_end, '2029-01-31')

const path = { id }
const seen = await client.GET('/api/purchases/{id}', { params: { path } })
const header = { 'If-Match': must(seen.response.headers.get('ETag') ?? undefined) }
const cheaper = await client.PUT('/api/purchases/{id}', { params: { path, header }, body: { price: '44.90' } })
mustBe(must(cheaper.data, cheaper.error).price, '44.90')

const stale = await client.PUT('/api/purchases/{id}', { params: { path, header }, body: { price: '1.00' } })
mustBe(must(stale.error).code, 'PRECONDITION_FAILED')
mustBe(stale.response.status, 412)

const wrong = await client.POST('/api/purchases', { body: { ...lamp, purchase_date: '2026-02-30' } })
mustBe(must(wrong.error).errors?.[0]?.path, 'purchase_date')

const inUse = await client.DELETE('/api/retailers/{id}', { params: { path: { id: retailer.id } } })
mustBe(must(inUse.error).status, 409)

mustBe((await client.DELETE('/api/purchases/{id}', { params: { path } })).response.status, 204)
mustBe((await client.GET('/api/purchases/{id}', { params: { path } })).error?.status, 404)
await client.DELETE('/api/retailers/{id}', { params: { path: { id: retailer.id } } })
await client.DELETE('/api/brands/{id}', { params: { path: { id: brand.id } } })
const left = await client.GET('/api/retailers', { params: { query: { search: stamp } } })
mustBe(must(left.data, left.error).total, 0)
console.log('The story is told.')
`

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: ['node'],
  },
  include: ['*.ts'],
}

let folder: string
let server: SpawnedServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spends-openapi-'))
  server = await spawnServer()
  const modules = join(folder, 'node_modules')
  await mkdir(modules)
  await symlink(
    fileURLToPath(new URL('../node_modules/openapi-fetch', import.meta.url)),
    join(modules, 'openapi-fetch'),
  )
  // The generator takes a field with a default for one that is always there, which what is sent need not be.
  const types = await openapiTypescript(new URL(`${server.url}/openapi.json`), { defaultNonNullable: false })
  await writeFile(join(folder, 'api.d.ts'), astToString(types))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** What the compiler complains about in a program in the folder, one complaint a line. */
async function compile(program: string): Promise<string[]> {
  await writeFile(join(folder, 'story.ts'), program)
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false'], { cwd: folder }, (failure, stdout) => {
      const lines = stdout.split('\n').filter(Boolean)
      resolve(failure && lines.length === 0 ? [failure.message] : lines)
    })
  })
}

it('tells the story with a client made from openapi.json', async () => {
  expect(await compile(STORY)).toEqual([])
  const { stdout } = await promisify(execFile)(process.execPath, ['story.ts', server.url], { cwd: folder })
  expect(stdout).toBe('The story is told.\n')
})

it.each([
  ['a wrong field', "price: '49.90'", "prize: '49.90'", "'prize' does not exist"],
  ['a missing field', "purchase_date: '2026-01-31',", '', "'purchase_date' is missing"],
  ['a wrong path', "GET('/api/retailers'", "GET('/api/shops'", '/api/shops'],
  ['a parameter of the wrong type', 'limit: 5', "limit: 'five'", "'string' is not assignable to type 'number'"],
  ['a field of an answer that is not there', 'item?.id', 'item?.uuid', "'uuid' does not exist"],
])('gives %s away when the client is compiled', async (_, right, wrong, complaint) => {
  expect((await compile(STORY.replace(right, wrong)))[0]).toContain(complaint)
})
