import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installationStamp, missingTools, nodeFits } from './boot.mjs'

describe('nodeFits', () => {
  it.each(['22.18.0', '22.21.1', '24.0.0', '24.21.0', '25.1.0', '26.0.0', '100.0.0'])('takes Node %s', (version) => {
    expect(nodeFits(version)).toBe(true)
  })

  it.each(['18.20.8', '20.20.2', '21.7.3', '22.9.0', '22.17.1', '23.11.0'])('refuses Node %s', (version) => {
    expect(nodeFits(version)).toBe(false)
  })
})

describe('missingTools', () => {
  const pinned = { node: '24.21.0', pnpm: '12.21.0' }

  it.each([
    ['nothing where both fit', { node: '24.1.0', pnpm: '12.3.0' }, []],
    ['pnpm where there is none', { node: '24.1.0', pnpm: undefined }, ['pnpm@12.21.0']],
    ['pnpm where it is of another major', { node: '22.18.0', pnpm: '1.21.0' }, ['pnpm@12.21.0']],
    ['both where Node is too old', { node: '20.20.2', pnpm: '12.21.0' }, ['node@24.21.0', 'pnpm@12.21.0']],
  ])('brings %s', (_what, found, expected) => {
    expect(missingTools(found, pinned)).toEqual(expected)
  })
})

describe('installationStamp', () => {
  let root: string
  const write = (file: string, text: string) => writeFileSync(join(root, file), text)
  const stamp = (node = '24.21.0') => installationStamp(root, node)

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'spends boot-'))
    for (const folder of ['node_modules', 'packages/one/node_modules'])
      mkdirSync(join(root, folder), { recursive: true })
    write('package.json', '{ "devDependencies": { "turbo": "1.0.0" } }')
    write('packages/one/package.json', '{ "dependencies": { "zod": "1.0.0" } }')
    write('pnpm-lock.yaml', 'zod: 1.0.0')
    write('pnpm-workspace.yaml', 'packages: []')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('stays while nothing changes, a newer Node of the same major included', () => {
    expect(stamp()).toMatch(/^[\da-f]{64}$/)
    expect(stamp('24.22.0')).toBe(stamp('24.21.0'))
  })

  it.each([
    ['the lockfile', () => write('pnpm-lock.yaml', 'zod: 1.0.1')],
    ['the catalog', () => write('pnpm-workspace.yaml', 'packages: [apps/*]')],
    ['the install hooks', () => write('.pnpmfile.cjs', 'module.exports = {}')],
    ['the root manifest', () => write('package.json', '{}')],
    ['a package manifest', () => write('packages/one/package.json', '{ "dependencies": { "zod": "2.0.0" } }')],
    [
      'the list of packages',
      () => {
        mkdirSync(join(root, 'packages/two'))
        write('packages/two/package.json', '{}')
      },
    ],
  ])('changes with %s', (_what, change) => {
    const before = stamp()
    change()
    expect(stamp()).not.toBe(before)
  })

  it('changes with the major version of Node', () => {
    expect(stamp('22.18.0')).not.toBe(stamp('24.21.0'))
  })

  it('is missing where a package with dependencies has none installed', () => {
    rmSync(join(root, 'packages/one/node_modules'), { recursive: true })
    expect(stamp()).toBeUndefined()
  })
})
