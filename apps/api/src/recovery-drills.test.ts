import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listBackups } from '@spends/core'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { spawnServer } from './testing.ts'

/*
 * What docs/backup-and-recovery.md tells people to type, typed exactly so: with `npm run` leading to the sources, in a
 * folder like that of an instance.
 */

const DOCUMENT = new URL('../../../docs/backup-and-recovery.md', import.meta.url)
const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url))

interface Finished {
  code: number
  stdout: string
  stderr: string
}

let home: string
let env: Record<string, string>
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'spends-drill-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const [bin, copies, disk] = [join(home, 'bin'), join(home, 'other disk'), join(home, 'disk')]
  for (const folder of [bin, copies, disk]) await mkdir(folder)
  // `npm run -s spends -- words` -> the CLI; nothing else is in the document's drills.
  const npm = `#!/bin/sh\n[ "$1 $2 $3 $4" = "run -s spends --" ] || exit 127\nshift 4\nexec "${process.execPath}" --conditions=@spends/source "${CLI}" "$@"\n`
  await writeFile(join(bin, 'npm'), npm)
  await chmod(join(bin, 'npm'), 0o755)
  env = { PATH: bin + delimiter + process.env.PATH, COPIES: copies, DISK: disk }
})

/** Runs lines of a shell that stops at the first that fails. */
async function type(commands: string): Promise<Finished> {
  const options = { cwd: home, env }
  return promisify(execFile)('sh', ['-e', '-c', commands], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

async function spends(words: string): Promise<string> {
  const { code, stdout, stderr } = await type(`npm run -s spends -- ${words}`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** The commands of a drill, as they stand in the document. */
async function drill(name: string): Promise<string> {
  const text = await readFile(DOCUMENT, 'utf8')
  const block = new RegExp(`^\`\`\`sh drill ${name}\n(.*?)^\`\`\`$`, 'ms').exec(text)?.[1]
  if (block === undefined) throw new Error(`The document has no drill ${name}`)
  return block
}

/** An instance with purchases and papers, and no server. */
async function fill(): Promise<void> {
  await spends('demo --purchases 40')
  const server = await spawnServer({ env: { ...env, DATA_DIR: join(home, 'data') } })
  const { items } = (await (await fetch(`${server.url}/api/purchases?limit=3`)).json()) as {
    items: { id: string; product_name: string }[]
  }
  for (const { id, product_name } of items) {
    const form = new FormData()
    form.set('file', new File([`%PDF-1.4 the papers of ${product_name}`], 'Rechnung.pdf'))
    form.set('kind', 'RECEIPT')
    const response = await fetch(`${server.url}/api/purchases/${id}/attachments`, { method: 'POST', body: form })
    expect(response.status).toBe(201)
  }
  await server.stop()
}

/** The hash over all rows and files, by a fresh backup. */
async function contentHash(): Promise<string> {
  await spends('backup')
  const [newest] = await listBackups(join(home, 'data', 'backups'))
  expect(newest?.missing_files).toBe(0)
  return newest?.content_hash ?? ''
}

describe('the drills', () => {
  it('bring back a database that is corrupt', async () => {
    await fill()
    const before = await contentHash()
    await type('dd if=/dev/urandom of=data/spends_tracker.db bs=4096 count=3 conv=notrunc')
    expect((await type('npm run -s spends -- stats verify')).code).toBe(1)

    const { code, stdout } = await type(await drill('corrupt'))
    expect(code).toBe(0)
    expect(stdout).toContain('Restored: 40 purchases, 3 files (0 put anew).')
    expect(stdout).toContain(`${join('data', 'spends_tracker.db')}.broken-`)
    expect(await contentHash()).toBe(before)
  })

  it('bring back uploads that are lost, and keep what was written since', async () => {
    await fill()
    await contentHash()
    const server = await spawnServer({ env: { ...env, DATA_DIR: join(home, 'data') } })
    const made = await fetch(`${server.url}/api/retailers`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'After the backup' }),
    })
    expect(made.status).toBe(201)
    await server.stop()
    await rm(join(home, 'data', 'uploads'), { recursive: true })
    const lost = await type('npm run -s spends -- integrity')
    expect(lost).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('3 missing, 0 altered:\n  missing: Rechnung.pdf'),
    })

    const { code, stdout } = await type(await drill('uploads'))
    expect(code).toBe(0)
    expect(stdout).toContain('3 files in the backup, 3 of them put anew.')
    const again = await spawnServer({ env: { ...env, DATA_DIR: join(home, 'data') } })
    const found = await (await fetch(`${again.url}/api/retailers?search=after the backup`)).json()
    expect(found).toMatchObject({ total: 1 })
    await again.stop()
  })

  it('bring back a machine that is lost', async () => {
    await fill()
    await spends('backup --to "$COPIES"')
    const before = await contentHash()
    await rm(join(home, 'data'), { recursive: true })

    const { code, stdout } = await type(await drill('machine'))
    expect(code).toBe(0)
    expect(stdout).toContain('Restored: 40 purchases, 3 files (3 put anew).')
    expect(await contentHash()).toBe(before)
  })
})

it('sets up copies as described, but for the address and the disk', async () => {
  await fill()
  const server = await spawnServer({ env: { ...env, DATA_DIR: join(home, 'data') } })
  onTestFinished(async () => void (await server.kill()))
  const text = await readFile(DOCUMENT, 'utf8')
  const blocks = [...text.matchAll(/^ *```sh setup\n(.*?)^ *```$/gms)].map(([, block = '']) => block)
  expect(blocks).toHaveLength(3)
  const commands = blocks
    .join('')
    .replaceAll('http://localhost:8000', server.url)
    .replaceAll('/mnt/backup', `${env.DISK}`)
  const { code, stdout } = await type(commands.replaceAll('curl -s', 'curl -sf'))
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\{"problem":null\}/)
  expect(stdout).toMatch(/"state":"IDLE".*"file_count":3/)
  expect(await spends(`list --from ${env.DISK}`)).toMatch(/^1 backup in /)
  await server.stop()
})

describeEachEngine('a new machine', ({ createDatabaseUrl }) => {
  it('may have another engine', async () => {
    await fill()
    await spends('backup --to "$COPIES"')
    const before = await contentHash()
    await rm(join(home, 'data'), { recursive: true })
    env.DATABASE_URL = await createDatabaseUrl({ empty: true })
    expect(await type(await drill('machine'))).toMatchObject({ code: 0, stderr: '' })
    expect(await contentHash()).toBe(before)
  })
})
