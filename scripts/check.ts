import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findViolations } from './boundaries.ts'

/*
 * pnpm check: everything about the code that needs no test. Each check is named, all run even when one has failed, and
 * only what failed has something to say.
 */

interface Result {
  ok: boolean
  output: string
}

const root = join(import.meta.dirname, '..')

const checks: Record<string, () => Result> = {
  'format and lint': () => command('node_modules/.bin/biome', 'check', '--error-on-warnings', '.'),
  types: () => command('node_modules/.bin/tsc', '--build', '--pretty'),
  boundaries,
  'unused code and dependencies': () => command('node_modules/.bin/knip', '--no-progress'),
  'size of the pages': pagesInBudget,
  'openapi.json': () => command(process.execPath, 'apps/api/dist/openapi-cli.js', '--check'),
}

const failed: string[] = []
for (const [name, check] of Object.entries(checks)) {
  const start = performance.now()
  const { ok, output } = check()
  if (!ok) failed.push(name)
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  if (!ok) console.log(output)
}
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}. What can be mended by itself, "pnpm fix" mends.`)
  process.exitCode = 1
}

function command(file: string, ...args: string[]): Result {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8' })
  return { ok: status === 0, output: error?.message ?? `${stdout}${stderr}` }
}

function pagesInBudget(): Result {
  const built = command('node_modules/.bin/turbo', 'run', 'build', '--filter=@spends/web', '--output-logs=errors-only')
  return built.ok ? command(process.execPath, 'apps/web/build/budget.ts') : built
}

function boundaries(): Result {
  const violations = findViolations(root)
  return {
    ok: violations.length === 0,
    output: violations.map(({ file, line, rule }) => `${file}:${line}  ${rule}\n`).join(''),
  }
}
