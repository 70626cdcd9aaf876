import type { Context } from '../context.ts'
import type { BlobStore, KeptBlob } from '../files.ts'
import { hashBlob, setAvailability, setFound, setLost } from './availability.ts'
import type { Attachment } from './shapes.ts'
import { listOrphans } from './sweep.ts'

/** A content that attachments name and that is not there as it was. */
export interface DamagedFile {
  sha256: string
  attachments: Pick<Attachment, 'id' | 'purchase_id' | 'filename'>[]
}

export interface FilesReport {
  /** How many contents attachments name, and the bytes of those that are there as they were. */
  checked: number
  bytes: number
  /** Their bytes are not there. */
  missing: DamagedFile[]
  /** Their bytes are others by now. */
  altered: DamagedFile[]
  /** Blobs that no attachment names. Young ones may be uploads that are under way; the sweep takes the old ones. */
  orphaned: KeptBlob[]
}

export interface VerifyOptions {
  /** Hashes of contents that somebody has just read and found to be right: it is only looked whether they are there. */
  known?: ReadonlySet<string> | undefined
  /** @param total contents; it is said after each */
  onProgress?(done: number, total: number): Promise<void> | void
}

/** How many contents are looked up in one query. */
const PAGE = 200

/**
 * Reads and hashes the bytes of every attachment. What is lost or altered is no longer `available`, what is there again
 * is. Nothing is removed.
 */
export async function verifyFiles(
  ctx: Context,
  files: BlobStore,
  { known, onProgress = () => {} }: VerifyOptions = {},
): Promise<FilesReport> {
  const report: FilesReport = { checked: 0, bytes: 0, missing: [], altered: [], orphaned: [] }
  const { total } = await ctx.db
    .selectFrom('attachments')
    .select((eb) => eb.fn.count<number>('sha256').distinct().as('total'))
    .executeTakeFirstOrThrow()
  for await (const sha256 of listNamed(ctx)) {
    const found = known?.has(sha256) ? await files.find(sha256) : await hashBlob(files, sha256)
    if (found?.sha256 === sha256) await setFound(ctx, sha256, found.size)
    else if (found) await setAvailability(ctx, sha256, null)
    else await setLost(ctx, files, sha256)

    if (!found) report.missing.push(await describe(ctx, sha256))
    else if (found.sha256 !== sha256) report.altered.push(await describe(ctx, sha256))
    else report.bytes += found.size
    report.checked += 1
    await onProgress(report.checked, total)
  }
  for await (const orphan of listOrphans(ctx, files)) report.orphaned.push(orphan)
  return report
}

/** Every content that attachments name, ordered. */
async function* listNamed({ db }: Context): AsyncGenerator<string> {
  let last = ''
  for (;;) {
    const page = await db
      .selectFrom('attachments')
      .select('sha256')
      .distinct()
      .where('sha256', '>', last)
      .orderBy('sha256')
      .limit(PAGE)
      .execute()
    for (const { sha256 } of page) {
      yield sha256
      last = sha256
    }
    if (page.length < PAGE) return
  }
}

async function describe({ db }: Context, sha256: string): Promise<DamagedFile> {
  const attachments = await db
    .selectFrom('attachments')
    .select(['id', 'purchase_id', 'filename'])
    .where('sha256', '=', sha256)
    .orderBy('id')
    .execute()
  return { sha256, attachments }
}
