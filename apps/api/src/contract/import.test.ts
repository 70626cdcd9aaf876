import { readdir } from 'node:fs/promises'
import { describeEachEngine } from '@spends/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestRequest } from '../testing.ts'
import { NOBODY, restOf, UUID_V7 } from './verbs.ts'
import { createWorld, type World } from './world.ts'

const CSV = 'product_name,price,currency_code,purchase_date,retailer\r\n'
const LAMP = 'Floor lamp,19.99,EUR,2026-01-31,Lumen\r\n'
const raw = (body: string, type = 'text/csv', headers: Record<string, string> = {}): TestRequest => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': type, ...headers },
})
const form = (content: string, filename = 'a.csv'): TestRequest => {
  const body = new FormData()
  body.set('file', new File([content], filename))
  return { method: 'POST', body }
}

describeEachEngine('import', ({ openDatabase }) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(await openDatabase(), { MAX_IMPORT_BYTES: '1000000' })
  })
  afterAll(() => world.server.close())
  const { ask, post } = restOf(() => world)
  const countPurchases = async (search: string) => (await ask(`/api/purchases?search=${search}`)).body.total

  describe('in one call', () => {
    it.each([
      ['the body', raw(`${CSV}Reading lamp,5,USD,2026-02-01,Lumen\r\n`)],
      ['a form', form(`${CSV}Bedside lamp,5,USD,2026-02-01,Lumen\r\n`)],
      ['the body as any bytes', raw(`${CSV}Garden lamp,5,USD,2026-02-01,Lumen\r\n`, 'application/octet-stream')],
    ])('takes a table as %s and answers with the report', async (_, init) => {
      const { status, body } = await ask('/api/import/csv', init)
      expect(status).toBe(200)
      expect(body).toMatchObject({ rows: 1, created: 1, failed: 0, dry_run: false, duplicates: 'skip', errors: [] })
      expect(body.job_id).toMatch(UUID_V7)
      const job = await ask(`/api/jobs/${body.job_id}`)
      expect(job.body).toMatchObject({ kind: 'IMPORT', status: 'SUCCEEDED', result: body })
    })

    it('takes JSON', async () => {
      const purchases = [
        { product_name: 'From JSON', price: '5.00', currency_code: 'USD', purchase_date: '2026-02-01' },
      ]
      const json = JSON.stringify({ format: 'spends-tracker', version: 1, purchases })
      expect(await ask('/api/import/json', raw(json, 'application/json'))).toMatchObject({
        status: 200,
        body: { source: 'SPENDS_JSON', created: 1 },
      })
    })

    it('says what a dry run would do, and does nothing', async () => {
      const { body } = await ask('/api/import/csv?dry_run=true', raw(`${CSV}Dry lamp,5,USD,2026-02-01,\r\n`))
      expect(body).toMatchObject({ dry_run: true, created: 1 })
      expect(await countPurchases('Dry')).toBe(0)
    })

    it('adds nothing when the same file comes twice', async () => {
      await ask('/api/import/csv', raw(CSV + LAMP))
      expect((await ask('/api/import/csv', raw(CSV + LAMP))).body).toMatchObject({ created: 0, skipped: 1 })
      expect((await ask('/api/import/csv?duplicates=create', raw(CSV + LAMP))).body).toMatchObject({ created: 1 })
      expect(await countPurchases('Floor')).toBe(2)
    })

    it('takes the columns as JSON', async () => {
      const columns = { product_name: 'Was', price: 'Preis', purchase_date: 'Wann' }
      const query = new URLSearchParams({ columns: JSON.stringify(columns), currency_code: 'EUR', decimal: ',' })
      const table = 'Was;Preis;Wann\r\nKanne;12,50;2026-02-01\r\n'
      expect((await ask(`/api/import/csv?${query}`, raw(table))).body).toMatchObject({
        filename: expect.any(String),
        source: 'OTHER_CSV',
        created: 1,
      })
      const { body } = await ask('/api/purchases?search=Kanne')
      expect(body.items).toMatchObject([{ price: '12.50', currency_code: 'EUR', purchase_date: '2026-02-01' }])
    })

    it('does not wait where the caller does not', async () => {
      const prefer = { Prefer: 'handling=lenient, respond-async; x=1' }
      const begun = await ask('/api/import/csv', raw(`${CSV}Later lamp,5,USD,2026-02-01,\r\n`, 'text/csv', prefer))
      expect([begun.status, begun.headers.get('Preference-Applied')]).toEqual([202, 'respond-async'])
      expect(begun.headers.get('Location')).toBe(`/api/jobs/${begun.body.id}`)
      expect(begun.body).toMatchObject({ kind: 'IMPORT', status: 'QUEUED', result: null })
      await world.server.jobs.idle()
      const job = await ask(`/api/jobs/${begun.body.id}`)
      expect(job.body).toMatchObject({ status: 'SUCCEEDED', result: { created: 1 } })
    })
  })

  describe('of something else', () => {
    it.each<[string, string, TestRequest, number]>([
      ['an empty file', 'csv', raw(''), 400],
      ['a header alone in a form that is empty', 'csv', form(''), 400],
      ['a web page', 'csv', raw('<!DOCTYPE html><html></html>'), 400],
      ['an archive called a table', 'csv', form('PK\x03\x04rest', 'a.csv'), 400],
      ['JSON for a table', 'csv', raw('{"purchases":[]}'), 400],
      ['a table for JSON', 'json', raw(CSV, 'application/json'), 400],
      [
        'JSON that breaks off',
        'json',
        raw('{"format":"spends-tracker","version":1,"purchases":[{', 'application/json'),
        400,
      ],
      ['JSON that says nothing of purchases', 'json', raw('{"a":1}', 'application/json'), 400],
      ['an archive that is none', 'json', raw('PK\x03\x04rest', 'application/zip'), 400],
      ['JSON by its type', 'csv', raw(CSV, 'application/json'), 415],
      ['a table by its type', 'json', raw('{}', 'text/csv'), 415],
      ['an encoded body', 'csv', raw(CSV, 'text/csv', { 'Content-Encoding': 'gzip' }), 415],
      ['a large body', 'csv', raw('x'.repeat(1_000_001)), 413],
    ])('%s is refused (%s)', async (_, format, init, status) => {
      const before = await world.dump()
      expect(await ask(`/api/import/${format}`, init)).toMatchObject({ status })
      const { jobs: _jobs, import_files: _files, ...data } = await world.dump()
      expect(before).toMatchObject(data)
    })

    it.each<[string, string[]]>([
      ['duplicates=merge&dry_run=yes&on_error=stop', ['duplicates', 'dry_run', 'on_error']],
      ['date_format=YDM&decimal=;&currency_code=usd', ['date_format', 'decimal', 'currency_code']],
      ['default_price=-1&default_purchase_date=2026-02-30', ['default_price', 'default_purchase_date']],
      ['file=x&colour=red', ['file', 'colour']],
      ['dry_run=true&dry_run=false', ['dry_run']],
      ['columns=price', ['columns']],
      ['columns=[]', ['columns']],
      ['columns={"price":1,"colour":"x","notes":""}', ['columns.price', 'columns.notes', 'columns.colour']],
    ])('%s is refused before a byte is read', async (query, paths) => {
      const before = await world.dump()
      const { status, body } = await ask(`/api/import/csv?${encodeURI(query)}`, raw(CSV + LAMP))
      expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, paths])
      expect(await world.dump()).toEqual(before)
    })

    it('asks for what the file leaves open, by the name of the parameter', async () => {
      const table = `${CSV}Lamp,5,USD,03/04/2026,\r\n`
      const { status, body } = await ask('/api/import/csv', raw(table))
      expect([status, body.errors[0].path]).toEqual([422, 'date_format'])
      expect((await ask('/api/import/csv?date_format=DMY&dry_run=true', raw(table))).body).toMatchObject({ created: 1 })
    })

    it('with a wrong row is refused as a whole, where that was asked for', async () => {
      const table = `${CSV}Good,5,USD,2026-02-01,\r\nBad,x,USD,2026-02-01,\r\n`
      const { status, body } = await ask('/api/import/csv?on_error=abort', raw(table))
      expect([status, body.errors[0].path]).toEqual([422, 'rows.3.price'])
      expect(await countPurchases('Good')).toBe(0)
    })
  })

  it('lists every error as CSV that no spreadsheet takes for formulas', async () => {
    const table = `${CSV}Good,5,USD,2026-02-01,\r\n"A ""bad"", one",=1+1,USD,2026-02-01,\r\nBad,1,USD,"2026-02-30\n",\r\n`
    const { body } = await ask('/api/import/csv', raw(table))
    expect(body).toMatchObject({ created: 1, failed: 2, error_count: 2 })
    const response = await world.server.request(`/api/import/${body.job_id}/errors.csv`)
    expect(response.headers.get('Content-Type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(response.headers.get('Content-Disposition')).toBe(`attachment; filename="import-errors-${body.job_id}.csv"`)
    const lines = (await response.text()).split('\r\n')
    expect(lines[0]).toBe('row,column,value,message')
    expect(lines[1]).toMatch(/^3,price,'=1\+1,\S/)
    expect(lines[2]).toMatch(/^4,purchase_date,"?2026-02-30/)
    expect(lines).toHaveLength(4)
  })

  it('has a list of errors for imports only', async () => {
    for (const id of [NOBODY, 'first']) expect((await ask(`/api/import/${id}/errors.csv`)).status).toBe(404)
    expect((await ask(`/api/import/${NOBODY}/errors.csv?colour=red`)).status).toBe(422)
    expect((await post(`/api/import/${NOBODY}/errors.csv`, {})).status).toBe(405)
  })

  describe('in steps', () => {
    const send = async (content: string) => (await ask('/api/import/files', form(content, 'Käufe.csv'))).body

    it('keeps the file', async () => {
      const made = await ask('/api/import/files', form(CSV + LAMP, '../Käufe.csv'))
      expect(made).toMatchObject({
        status: 201,
        body: { filename: 'Käufe.csv', kind: 'CSV', size: CSV.length + LAMP.length },
      })
    })

    it('says how it would be read, tries, imports and undoes', async () => {
      const before = await countPurchases('Step')
      const { id } = await send(`${CSV}Step stool,5,USD,2026-02-01,Step shop\r\n`)
      const detected = await post(`/api/import/files/${id}/detect`, {})
      expect(detected).toMatchObject({ status: 200, body: { source: 'OTHER_CSV', rows: 1, questions: [] } })

      const tried = await post(`/api/import/files/${id}/run`, { dry_run: true })
      expect([tried.status, tried.headers.get('Location')]).toEqual([202, `/api/jobs/${tried.body.id}`])
      await world.server.jobs.idle()
      expect((await ask(`/api/jobs/${tried.body.id}`)).body.result).toMatchObject({ created: 1, dry_run: true })
      expect(await countPurchases('Step')).toBe(before)

      const run = await post(`/api/import/files/${id}/run`, {})
      await world.server.jobs.idle()
      expect(await countPurchases('Step')).toBe(before + 1)

      const undone = await post(`/api/import/${run.body.id}/undo`, {})
      expect(undone).toMatchObject({ status: 200, body: { purchases_removed: 1, retailers_removed: 1, kept: [] } })
      expect(await countPurchases('Step')).toBe(before)
      expect((await post(`/api/import/${run.body.id}/undo`, {})).status).toBe(409)
      expect((await post(`/api/import/${tried.body.id}/undo`, {})).status).toBe(409)
    })

    it('refuses to undo what was touched since, by name', async () => {
      const { body } = await ask('/api/import/csv', raw(`${CSV}Touched,5,USD,2026-02-01,\r\n`))
      const [{ id }] = (await ask('/api/purchases?search=Touched')).body.items
      await ask(`/api/purchases/${id}`, { method: 'PUT', json: { notes: 'mine' } })
      const undone = await post(`/api/import/${body.job_id}/undo`, {})
      expect(undone).toMatchObject({ status: 409, body: { errors: [{ path: `purchase.${id}` }] } })
      expect(undone.body.detail).toContain('Touched')
    })
  })

  it('accepts a slash at the end everywhere', async () => {
    expect((await ask('/api/import/csv/?dry_run=true', raw(CSV + LAMP))).status).toBe(200)
    expect((await ask('/api/import/files/', form(CSV))).status).toBe(201)
  })

  it('leaves no half-arrived file behind', async () => {
    const names = await readdir(world.server.folders.imports)
    expect(names.filter((name) => !UUID_V7.test(name))).toEqual([])
  })
})
