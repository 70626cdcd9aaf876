import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BackupConfigChanges,
  backupPath,
  listBackups,
  listCopies,
  newId,
  openDestination,
  updateBackupConfig,
} from '@spends/core'
import { startS3Server } from '@spends/core/testing/s3-server'
import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { runProgram, spawnServer } from '../testing.ts'
import { readBackup, readList, readVerify } from './backup.ts'
import { readIntegrity } from './integrity.ts'
import { readRestore } from './restore.ts'

let DATA_DIR: string
beforeEach(async () => {
  DATA_DIR = await mkdtemp(join(tmpdir(), 'spends-cli-'))
  onTestFinished(() => rm(DATA_DIR, { recursive: true, force: true }))
})

describeEachEngine('spends backup and restore', ({ name, createDatabaseUrl }) => {
  let env: Record<string, string>
  beforeEach(async () => {
    env = { DATA_DIR, DATABASE_URL: await createDatabaseUrl({ empty: true }) }
    expect(await spends('migrate', 'up')).toMatchObject({ code: 0 })
  })

  const spends = (...words: string[]) => runProgram('cli', words, env)

  async function backUp(...words: string[]): Promise<{ id: string; file: string }> {
    const { code, stdout, stderr } = await spends('backup', ...words)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = /^The backup is made and proven: (.*)\n([0-9a-f-]{36}) {2}.*MANUAL/.exec(stdout)
    return { file: found?.[1] ?? '', id: found?.[2] ?? '' }
  }

  async function countPurchases(): Promise<number> {
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    const rows = await db.selectFrom('purchases').select('id').execute()
    await close()
    return rows.length
  }

  it('make, list, prove, restore, and undo the restore', async () => {
    const empty = await backUp()
    await spends('demo', '--purchases', '20')
    const full = await backUp()
    const listed = await spends('list')
    expect(listed.stdout).toMatch(/^2 backups in .*, the newest first:\n/)
    expect(listed.stdout.indexOf(full.id)).toBeLessThan(listed.stdout.indexOf(empty.id))
    expect(await spends('verify', full.id)).toMatchObject({ code: 0, stdout: expect.stringContaining(' is proven: ') })

    const plan = await spends('restore', empty.file, '--dry-run')
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('  purchases: 20 -> 0\n') })
    expect(await spends('restore', empty.file)).toMatchObject({
      code: 1,
      stderr: 'Nothing was changed: --yes says that all data is to be replaced.\n',
    })
    expect(await countPurchases()).toBe(20)

    const restored = await spends('restore', empty.file, '--yes')
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(await countPurchases()).toBe(0)
    const point = /To undo this, restore ([0-9a-f-]{36}):/.exec(restored.stdout)?.[1] ?? ''
    expect(await spends('restore', point, '--yes')).toMatchObject({ code: 0 })
    expect(await countPurchases()).toBe(20)
    expect(await spends('stats', 'verify')).toMatchObject({ code: 0 })
    expect(await readdir(join(DATA_DIR, 'backups', 'tmp'))).toEqual([])
  })

  // The rest of the words is the same for every engine; what they do on each, the services' own tests say.
  if (name === 'postgres') return

  it('keep as many as the instance says, here and at another place, and the last restore points', async () => {
    const [folder, place] = [join(DATA_DIR, 'backups'), join(DATA_DIR, 'disk')]
    await mkdir(place)
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    await updateBackupConfig({ db, now: () => new Date() }, BackupConfigChanges.parse({ keep_last: 1 }))
    await close()
    await backUp('--to', place)
    const second = await spends('backup', '--to', place)
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.stdout).toContain('1 older backup need not be kept any more: removed.\n')
    const [kept, ...others] = await listBackups(folder)
    if (!kept) throw new Error('It was made just now')
    expect(others).toEqual([])
    expect(await listCopies(await openDestination(place))).toMatchObject([{ id: kept.id }])
    expect((await readdir(folder)).sort()).toEqual([kept.filename, `${kept.filename}.json`, 'tmp'])

    for (const hour of [1, 2, 3]) {
      const filename = `spends-backup-20250101T0${hour}0000Z.zip`
      const point = { ...kept, id: newId(), filename, trigger: 'RESTORE_POINT' as const }
      await copyFile(backupPath(folder, kept), join(folder, filename))
      const created_at = `2025-01-01T0${hour}:00:00Z`
      await writeFile(join(folder, `${filename}.json`), JSON.stringify({ ...point, created_at }))
    }
    expect(await spends('restore', kept.id, '--yes')).toMatchObject({ code: 0 })
    const left = (await listBackups(folder)).filter(({ id }) => id !== kept.id)
    expect(left.map(({ trigger }) => trigger)).toEqual(Array(3).fill('RESTORE_POINT'))
    expect(left.map(({ filename }) => filename)).not.toContain('spends-backup-20250101T010000Z.zip')

    // One that cannot be removed, because it is a folder: the restore is done all the same, and says so.
    const [oldest] = left.slice(-1)
    if (!oldest) throw new Error('Three were left')
    await rm(backupPath(folder, oldest))
    await mkdir(backupPath(folder, oldest))
    const again = await spends('restore', kept.id, '--yes')
    expect(again.stdout).toMatch(/^Restored: .*^To undo this, restore /ms)
    expect(again.code).not.toBe(0)
  })

  it('name a record that cannot be read, list the others, and restore no other for the latest', async () => {
    const { id } = await backUp()
    const [folder, filename] = [join(DATA_DIR, 'backups'), 'spends-backup-20990101T000000Z.zip']
    await writeFile(join(folder, filename), '')
    await mkdir(join(folder, `${filename}.json`))
    const problem = `Not all backups in ${folder} are known, as what stands beside them cannot be read: ${filename}.json (EISDIR).`
    expect(await spends('list')).toMatchObject({ code: 1, stdout: expect.stringContaining(id), stderr: `${problem}\n` })
    expect(await spends('restore', 'latest', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${problem} So nobody can say which is the latest`),
    })
    expect(await spends('verify', id)).toMatchObject({ code: 0 })
  })

  it('restore the latest backup that is no restore point', async () => {
    await backUp()
    await spends('demo', '--purchases', '5')
    await spends('restore', 'latest', '--yes')
    await spends('restore', 'latest', '--yes')
    expect(await countPurchases()).toBe(0)
  })

  it('restore while a server runs, which goes on with the restored data', async () => {
    await spends('demo', '--purchases', '5')
    await backUp()
    const server = await spawnServer({ env })
    onTestFinished(async () => void (await server.kill()))
    const ask = async () => {
      const response = await fetch(`${server.url}/api/retailers?search=made later`)
      return { etag: response.headers.get('ETag'), ...((await response.json()) as { total: number }) }
    }
    await fetch(`${server.url}/api/retailers`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Made later' }),
    })
    const before = await ask()
    expect(before.total).toBe(1)
    expect(await spends('restore', 'latest', '--yes')).toMatchObject({ code: 0, stderr: '' })
    const after = await ask()
    expect(after.total).toBe(0)
    expect(after.etag).not.toBe(before.etag)
    await server.stop()
  })

  it('keep away from a server that is at work on the same data', async () => {
    await spends('demo', '--purchases', '5')
    await backUp()
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    await db.deleteFrom('purchases').execute()
    const at = new Date().toISOString().replace(/\.\d+/, '')
    const job = {
      kind: 'RESTORE',
      status: 'RUNNING',
      done: 0,
      created_at: at,
      heartbeat_at: at,
      claimed_by: 'a:1:b',
    } as const
    await db
      .insertInto('jobs')
      .values({ id: '01890a5d-ac96-774b-bcce-b302099a8057', ...job })
      .execute()
    await close()
    for (const words of [['backup'], ['restore', 'latest', '--yes']]) {
      expect(await spends(...words)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^A server is at work on this data \(RESTORE\)\./),
      })
    }
    expect(await countPurchases()).toBe(0)
  })

  it('encrypt with a passphrase from a file, and open with no other', async () => {
    const [right, wrong] = [join(DATA_DIR, 'right'), join(DATA_DIR, 'wrong')]
    await writeFile(right, 'correct horse battery\n')
    await writeFile(wrong, 'another horse battery\n')
    const { file } = await backUp('--passphrase-file', right)
    expect(file).toMatch(/\.zip\.age$/)
    expect(await spends('restore', file, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^passphrase: is needed.* Name a file that holds it with --passphrase-file\.\n$/),
    })
    expect(await spends('restore', file, '--yes', '--passphrase-file', wrong)).toMatchObject({ code: 1 })
    expect(await spends('verify', file, '--passphrase-file', right)).toMatchObject({ code: 0 })
    expect(await spends('restore', file, '--yes', '--passphrase-file', right)).toMatchObject({ code: 0 })
  })
})

describe('spends', () => {
  const spends = (...words: string[]) => runProgram('cli', words, { DATA_DIR })

  it('says that a backup is damaged, and restores nothing of it', async () => {
    await spends('demo', '--purchases', '5')
    const { stdout } = await spends('backup')
    const file = /proven: (.*)\n/.exec(stdout)?.[1] ?? ''
    const bytes = await readFile(file)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    await writeFile(file, bytes)
    expect(await spends('verify', 'latest')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ is damaged:\n {2}/),
    })
    expect(await spends('list')).toMatchObject({ stdout: expect.stringContaining(', DAMAGED\n') })
    expect(await spends('restore', file, '--yes')).toMatchObject({ code: 1, stdout: '' })
    expect((await readdir(join(DATA_DIR, 'backups'))).filter((name) => name.endsWith('.json'))).toHaveLength(1)
  })

  it('copies to a bucket, and restores from there', async () => {
    const s3 = await startS3Server()
    onTestFinished(s3.close)
    const { accessKeyId, secretAccessKey } = s3.credentials
    const keys = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const place = `s3://${s3.bucket}/spends?region=${s3.region}&endpoint=${s3.url}`
    const run = (...words: string[]) => runProgram('cli', words, { DATA_DIR, ...keys })
    await run('demo', '--purchases', '5')
    expect(await run('backup', '--to', place)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`A copy is in ${place}, read back and proven.\n`),
    })
    await rm(DATA_DIR, { recursive: true })
    await mkdir(DATA_DIR)
    expect(await run('restore', 'latest', '--from', place, '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Restored: 5 purchases'),
    })
    const wrong = await runProgram('cli', ['list', '--from', place], { DATA_DIR, ...keys, AWS_SECRET_ACCESS_KEY: 'no' })
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(' cannot be used: the keys do not allow it'),
    })
  })

  it('keeps the backup when its copy fails', async () => {
    await spends('demo', '--purchases', '5')
    const { code, stdout, stderr } = await spends('backup', '--to', join(DATA_DIR, 'not-mounted'))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${join(DATA_DIR, 'not-mounted')} is not there. Is its disk mounted? The folder itself is never made.\n`,
    })
    expect(stdout).toMatch(/^The backup is made and proven: /)
    expect(await spends('verify', 'latest')).toMatchObject({ code: 0 })
  })

  it('says that there is no such backup', async () => {
    expect(await spends('restore', 'latest', '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr: `There are no backups in ${join(DATA_DIR, 'backups')}. "spends list" names them; a file is named by its path.\n`,
    })
  })

  // Whoever is not understood gets the usage: `spends` itself is tested for that.
  it.each([
    ['backup', readBackup, [['now'], ['--to']]],
    ['list', readList, [['all']]],
    ['verify', readVerify, [[], ['a', 'b']]],
    ['restore', readRestore, [[], ['--yes'], ['latest', '--no'], ['latest', '--files', '--dry-run']]],
    ['integrity', readIntegrity, [['now']]],
  ] as const)('understands no other words behind %s', (_, read, others) => {
    for (const words of others) expect(read([...words]), words.join(' ')).toBeUndefined()
  })

  it('explains itself where it does not understand', async () => {
    const { code, stdout, stderr } = await spends('restore', 'latest', '--no')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: spends COMMAND/)
  })
})
