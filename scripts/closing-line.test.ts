import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const reporter = JSON.stringify(new URL('./closing-line.ts', import.meta.url).href)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spends-closing-'))
  const reporters = `reporters: ['default', new ClosingLine()]`
  const config = `import { ClosingLine } from ${reporter}\nexport default { test: { globals: true, ${reporters} } }`
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
})
afterEach(() => rmSync(folder, { recursive: true }))

function lastLine(tests: string): string | undefined {
  writeFileSync(join(folder, 'some.test.js'), tests)
  const { stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], { encoding: 'utf8' })
  expect(stdout.endsWith('\n')).toBe(true)
  return stdout.trimEnd().split('\n').at(-1)
}

describe('the last line of a test run', () => {
  it('counts what passed', () => {
    expect(lastLine(`it('a', () => {}); it('b', () => {})`)).toBe('2 passed, 0 failed')
  })

  it('counts failed and skipped tests', () => {
    const tests = `it('a', () => {}); it('b', () => { throw new Error('no') }); it.skip('c', () => {}); it.todo('d')`
    expect(lastLine(tests)).toBe('1 passed, 1 failed, 2 skipped')
  })

  it.each([
    ['a file that does not load', `throw new Error('broken')`, '0 passed, 1 failed'],
    ['an error nobody handled', `it('a', () => { Promise.reject(new Error('lost')) })`, '1 passed, 1 failed'],
    [
      'a broken hook',
      `describe('x', () => { beforeAll(() => { throw new Error('no') }); it('a', () => {}) })`,
      '0 passed, 1 failed, 1 skipped',
    ],
    ['no tests at all', ``, '0 passed, 1 failed'],
  ])('counts %s as a failure', (_what, tests, expected) => {
    expect(lastLine(tests)).toBe(expected)
  })
})
