import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/*
 * Packs the client as it would be published and uses it where nothing of this workspace is in reach.
 */

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const STORY = join(ROOT, 'examples/story.ts')

/** As strict as a consumer can be: the declarations of the package are checked as well. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: ['node'],
  },
  include: ['*.ts'],
}

let folder: string
let consumer: string
let installed: string
let server: SpawnedServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spends-client-'))
  const [started] = await Promise.all([spawnServer(), pack()])
  server = started
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Builds and packs, and unpacks into a consumer that has tRPC and nothing else. */
async function pack(): Promise<void> {
  await run('pnpm', ['pack', '--out', join(folder, 'client.tgz')], { cwd: PACKAGE })
  await run('tar', ['-xzf', 'client.tgz'], { cwd: folder })
  consumer = join(folder, 'consumer')
  const modules = join(consumer, 'node_modules')
  installed = join(modules, '@spends/client')
  await mkdir(join(modules, '@spends'), { recursive: true })
  await cp(join(folder, 'package'), installed, { recursive: true })
  for (const name of ['@trpc/client', '@trpc/server']) {
    await cp(join(PACKAGE, 'node_modules', name), join(modules, name), { recursive: true, dereference: true })
  }
  await writeFile(join(consumer, 'package.json'), '{ "type": "module" }')
  await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify(TSCONFIG))
}

/** What the compiler complains about in the consumer's programs, one complaint a line. */
async function compile(programs: Record<string, string>): Promise<string[]> {
  for (const old of await readdir(consumer)) if (old.endsWith('.ts')) await rm(join(consumer, old))
  for (const [name, text] of Object.entries(programs)) await writeFile(join(consumer, name), text)
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin/tsc'), ['--pretty', 'false'], { cwd: consumer }, (failure, stdout) => {
      const lines = stdout.split('\n').filter(Boolean)
      resolve(failure && lines.length === 0 ? [failure.message] : lines)
    })
  })
}

async function listFiles(): Promise<string[]> {
  const entries = await readdir(installed, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('the published package', () => {
  it('has what a package needs, and no sources, maps or tests', async () => {
    const names = (await listFiles()).map((file) => file.slice(installed.length + 1))
    expect(names.sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/attachments.d.ts',
      'dist/attachments.js',
      'dist/backups.d.ts',
      'dist/backups.js',
      'dist/bulk.d.ts',
      'dist/bulk.js',
      'dist/export-url.d.ts',
      'dist/export-url.js',
      'dist/failure.d.ts',
      'dist/failure.js',
      'dist/imports.d.ts',
      'dist/imports.js',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/rescue.d.ts',
      'dist/rescue.js',
      'dist/router.d.ts',
      'dist/router.js',
      'dist/send-watched.d.ts',
      'dist/send-watched.js',
      'dist/types.d.ts',
      'dist/types.js',
      'dist/upload.d.ts',
      'dist/upload.js',
      'package.json',
    ])
  })

  it('asks for released versions of tRPC, and for the built files under every condition', async () => {
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    expect(manifest.private).toBeUndefined()
    expect(manifest.exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } })
    expect(manifest.dependencies).toEqual({
      '@trpc/client': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      '@trpc/server': expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
  })

  it('imports nothing of the server: tRPC for its types, only the client of tRPC when it runs', async () => {
    const imported = { '.js': new Set<string>(), '.ts': new Set<string>() }
    for (const file of await listFiles()) {
      const kind = file.endsWith('.js') ? '.js' : file.endsWith('.ts') ? '.ts' : undefined
      if (!kind) continue
      const text = await readFile(file, 'utf8')
      for (const [, name = ''] of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)["']([^"']+)["']/g))
        imported[kind].add(name)
    }
    expect([...imported['.js']].sort()).toEqual([
      './attachments.js',
      './backups.js',
      './export-url.js',
      './failure.js',
      './imports.js',
      './rescue.js',
      './send-watched.js',
      './upload.js',
      '@trpc/client',
    ])
    expect([...imported['.ts']].filter((name) => !name.startsWith('./')).sort()).toEqual([
      '@trpc/client',
      '@trpc/server',
    ])
  })

  it('compiles in a strict program, its own declarations included', async () => {
    expect(await compile({ 'story.ts': await readFile(STORY, 'utf8') })).toEqual([])
  })

  it('refuses what the server would refuse, before anything runs', async () => {
    const story = await readFile(STORY, 'utf8')
    const wrong = story.replace("price: '49.90'", "prize: '49.90'").replace('bought.total', 'bought.totals')
    const complaints = await compile({ 'story.ts': wrong })
    expect(complaints).toEqual([
      expect.stringMatching(/^story\.ts\(.*'prize' does not exist in type/),
      expect.stringMatching(/^story\.ts\(.*Property 'totals' does not exist/),
    ])
  })

  it('has a README whose programs compile', async () => {
    const readme = await readFile(join(installed, 'README.md'), 'utf8')
    const programs = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, text = ''], index) => [
      `readme-${index}.ts`,
      text,
    ])
    expect(programs).toHaveLength(6)
    expect(await compile(Object.fromEntries(programs))).toEqual([])
  })

  it('runs', async () => {
    await cp(STORY, join(consumer, 'story.ts'))
    const { stdout } = await run(process.execPath, ['story.ts', server.url], { cwd: consumer })
    expect(stdout).toMatch(/The story is told\.\n$/)
  })

  it('is what the example uses after a build', async () => {
    const { stdout } = await run(process.execPath, ['examples/story.ts', server.url], { cwd: ROOT })
    expect(stdout).toMatch(/The story is told\.\n$/)
  })
})
