import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findExcess, measurePages } from './budget.ts'

it('counts what a page names, compressed, and not what it fetches later', () => {
  const build = mkdtempSync(join(tmpdir(), 'spends-budget-'))
  onTestFinished(() => rmSync(build, { recursive: true }))
  for (const folder of ['pages/en', 'assets']) mkdirSync(join(build, folder), { recursive: true })
  const write = (name: string, bytes: number) => writeFileSync(join(build, name), 'x'.repeat(bytes))
  write('assets/page-1.js', 9000)
  write('assets/page-1.js.gz', 40_000)
  write('assets/start-1.js', 90_000)
  write('assets/start-1.js.gz', 30_000)
  write('assets/theme-1.js', 300)
  write('assets/start-1.css', 99_000)
  write('assets/start-1.css.gz', 35_000)
  write('assets/chart-1.js', 500_000)
  writeFileSync(
    join(build, 'pages/en/index.html'),
    `<script src="/assets/theme-1.js"></script><link rel="modulepreload" crossorigin href="/assets/start-1.js">
     <script type="module" crossorigin src="/assets/page-1.js"></script><link rel="stylesheet" href="/assets/start-1.css">`,
  )
  const sizes = measurePages(build)
  expect(sizes).toEqual([{ page: 'index', script: 70_300, style: 35_000 }])
  expect(findExcess(sizes)).toEqual(['index: 70300 bytes of script, at most 60000'])
})
