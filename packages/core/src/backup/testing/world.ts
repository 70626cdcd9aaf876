import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestEngine, testFolder } from '@spends/db/testing'
import { onTestFinished } from 'vitest'
import { newId } from '../../context.ts'
import { type BlobStore, localFiles } from '../../files.ts'
import { addPurchase, everyField, openContext, type TestContext } from '../../testing.ts'
import { type CreateBackupOptions, createBackup } from '../create.ts'
import { backupPath } from '../folder.ts'
import type { BackupRecord } from '../record.ts'
import { type RestoreOptions, type RestoreReport, restoreBackup } from '../restore.ts'

/** An instance with a folder for its files and one for its backups. */
export interface World {
  ctx: TestContext
  files: BlobStore
  /** Of the files. */
  uploads: string
  folder: string
  scratch: string
  backup(options?: Partial<CreateBackupOptions>): Promise<BackupRecord>
  restore(record: BackupRecord, options?: Partial<RestoreOptions>): Promise<RestoreReport>
}

/** A fresh instance; it is gone after the test. */
export async function openWorld(engine: TestEngine): Promise<World> {
  const ctx = await openContext(engine)
  const root = await temporaryRoot()
  const [uploads, folder, scratch] = [join(root, 'uploads'), join(root, 'backups'), join(root, 'scratch')]
  await mkdir(uploads)
  const files = localFiles(uploads)
  return {
    ctx,
    files,
    uploads,
    folder,
    scratch,
    backup: (options) => createBackup({ ctx, files, folder, trigger: 'MANUAL', appVersion: '1.2.3', ...options }),
    restore: (record, options) => restoreBackup({ ctx, files, path: backupPath(folder, record), scratch, ...options }),
  }
}

export async function temporaryRoot(): Promise<string> {
  const root = await mkdtemp(join(testFolder(), 'backup-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  return root
}

/** A purchase with all its fields, a warranty and a file. */
export async function addEverything(world: World, bytes = Buffer.from('the receipt')): Promise<{ sha256: string }> {
  const warranty = { warranty_start: '2026-02-28', warranty_end: '2028-02-28', warranty_type: 'LIMITED' } as const
  const { id } = await addPurchase(world.ctx, { ...everyField, warranty })
  return attach(world, id, bytes)
}

/** Puts bytes into the store, and an attachment of a purchase that names them. */
export async function attach(world: World, purchase_id: string, bytes: Buffer): Promise<{ sha256: string }> {
  const { sha256, size } = await world.files.put(Readable.from([bytes]))
  await world.ctx.db
    .insertInto('attachments')
    .values({
      id: newId(),
      purchase_id,
      kind: 'RECEIPT',
      filename: 'Rechnung 中.pdf',
      mime_type: 'application/pdf',
      size,
      sha256,
      available: true,
      created_at: '2026-03-01T10:00:00Z',
    })
    .execute()
  return { sha256 }
}

/** The bytes of all files in the store, by name. */
export async function filesOf({ files, uploads }: World): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(uploads, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    found[entry.name] = (await (await files.open(entry.name)).toArray()).join('')
  }
  return found
}
