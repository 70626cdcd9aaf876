import type { Context } from '../context.ts'
import type { BlobStore } from '../files.ts'
import { ZipWriter } from '../zip/writer.ts'
import type { BackupStage } from './create.ts'
import { type BackupTrigger, MANIFEST, type Manifest, newManifest } from './manifest.ts'
import type { NameTemporary } from './temporary.ts'
import type { Work } from './work.ts'
import { writeFiles } from './write-files.ts'
import { writeAttachments, writeRows } from './write-rows.ts'

export interface WriteOptions {
  ctx: Context
  files: BlobStore
  /** The path of the zip, which is not there yet. */
  path: string
  trigger: BackupTrigger
  appVersion: string
  created_at: string
  temporary: NameTemporary
  work: Work<BackupStage>
}

/**
 * Writes a backup that is not proven yet. The rows of attachments come after the files, when it is known which of them
 * could be read; until then they wait in a file of their own, as the snapshot does not stay open for the files.
 */
export async function writeBackup(options: WriteOptions): Promise<Manifest> {
  const { path, work, temporary, trigger, appVersion: app_version, created_at } = options
  await work.step('create zip')
  const zip = await ZipWriter.create(path)
  try {
    const waiting = temporary('attachments')
    const { wanted, rows, ...snapshot } = await writeRows(zip, options, waiting)
    const { uploads, lost } = await writeFiles(zip, options, wanted)
    const { entry, ...missing } = await writeAttachments(zip, {
      waiting,
      lost,
      count: snapshot.row_counts.attachments ?? 0,
      work,
    })
    const entries = [...rows, entry, ...uploads]
    const manifest = newManifest({ ...snapshot, app_version, created_at, trigger, ...missing, entries })
    await work.progress('manifest', 0, 1)
    await work.step('write manifest')
    await zip.add(MANIFEST, oneChunk(JSON.stringify(manifest)))
    await work.step('finish zip')
    await zip.finish()
    await work.progress('manifest', 1, 1)
    return manifest
  } finally {
    await zip.close()
  }
}

async function* oneChunk(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}
