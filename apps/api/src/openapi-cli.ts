import './node-version.ts'
import { readFile, writeFile } from 'node:fs/promises'
import { PLAIN_ROUTES } from './plain-routes.ts'
import { buildDocument } from './rest/document.ts'
import { appRouter } from './router.ts'
import { version } from './version.ts'

/*
 * Writes the OpenAPI document to apps/api/openapi.json, which is committed; with --check, fails when that file is not
 * what would be written.
 */

const file = new URL('../openapi.json', import.meta.url)
const current = `${JSON.stringify(buildDocument(appRouter, { version, plainRoutes: PLAIN_ROUTES }), null, 2)}\n`

if (!process.argv.includes('--check')) {
  await writeFile(file, current)
} else if ((await readFile(file, 'utf8').catch(() => '')) !== current) {
  console.error('apps/api/openapi.json is stale. Run: pnpm build && node apps/api/dist/openapi-cli.js')
  process.exitCode = 1
}
