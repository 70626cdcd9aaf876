import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import openapiTypescript, { astToString } from 'openapi-typescript'
import { describe, expect, it } from 'vitest'
import { PLAIN_ROUTES } from './plain-routes.ts'
import { buildDocument } from './rest/document.ts'
import { listOperations, listProcedures } from './rest/operations.ts'
import { lint } from './rest/testing.ts'
import { appRouter } from './router.ts'
import { version } from './version.ts'

const document = buildDocument(appRouter, { version, plainRoutes: PLAIN_ROUTES })

describe('openapi.json', () => {
  it('passes the linter without a word', async () => {
    expect(await lint(document)).toEqual([])
  })

  it('has every procedure but those that stream', () => {
    const procedures = listProcedures(appRouter)
      .filter(([, { _def }]) => _def.type !== 'subscription')
      .map(([name]) => name)
    expect(listOperations(appRouter).map(({ procedure }) => procedure)).toEqual(procedures)
  })

  it('gives a generated client a function and a type for everything', async () => {
    const source = astToString(await openapiTypescript(structuredClone(document) as never))
    for (const { rest } of listOperations(appRouter)) expect(source).toContain(`${rest.operation_id}: {`)
    for (const name of Object.keys(document.components.schemas)) expect(source).toContain(`${name}: {`)
  })

  it('is committed as the program writes it', async () => {
    const cli = fileURLToPath(new URL('openapi-cli.ts', import.meta.url))
    await promisify(execFile)(process.execPath, ['--conditions=@spends/source', cli, '--check'])
    expect(JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'))).toEqual(document)
  })
})
