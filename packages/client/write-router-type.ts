import { readFile, writeFile } from 'node:fs/promises'

/*
 * Writes dist/router.d.ts, the type of the server's router, so that it needs no package of the server. tsc has already
 * written out every input and output of the router; of the types that it still imports, two concern the server alone,
 * and the client has its own for the others.
 */

const STAND_INS = {
  'import("./context.ts").ApiContext': 'object',
  'import("./trpc.ts").Meta': 'object',
  'import("@spends/core").FieldError': 'import("./failure.ts").FieldError',
  'import("@trpc/server/unstable-core-do-not-import").TrackedData': 'import("./types.ts").Tracked',
}
const KNOWN = new Set(['@trpc/server', './failure.ts', './types.ts'])

let text = await readFile(new URL('node_modules/@spends/api/dist/router.d.ts', import.meta.url), 'utf8')
for (const [servers, standIn] of Object.entries(STAND_INS)) text = text.replaceAll(servers, standIn)
text = text.replace(/\/\/# sourceMappingURL=.*/, '')

for (const [, name = ''] of text.matchAll(/(?:\bfrom|\bimport\(?)\s*["']([^"']+)["']/g)) {
  if (!KNOWN.has(name)) throw new Error(`The router's type needs ${name}. Add what stands in for it.`)
}
await writeFile(new URL('dist/router.d.ts', import.meta.url), text)
