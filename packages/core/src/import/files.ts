import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { toInstant } from '../calendar.ts'
import { type Context, inTransaction, newId } from '../context.ts'
import { AppError } from '../errors.ts'
import { OutId, OutInstant } from '../fields.ts'
import { REFUSALS } from './decode.ts'
import { sniffKind } from './file-kind.ts'

/*
 * Files that somebody sent to be imported. Their bytes lie in one folder, named by their ids; they live for a day, or
 * as long as a job needs them.
 */

export const ImportFileKind = z.enum(['CSV', 'JSON', 'ZIP'])
export type ImportFileKind = z.infer<typeof ImportFileKind>

export const ImportFile = z
  .object({
    id: OutId,
    filename: z.string().meta({ description: 'As its owner calls it, without folders.', examples: ['purchases.csv'] }),
    kind: ImportFileKind.meta({ description: 'Found in its bytes. CSV stands for any table of text.' }),
    size: z.int().meta({ description: 'Bytes.' }),
    created_at: OutInstant,
  })
  .meta({ id: 'ImportFile' })
export type ImportFile = z.infer<typeof ImportFile>

export interface NewImportFile {
  /** What its owner calls it: only a label, never a path. */
  filename: string
  /** What it may be. */
  kinds: readonly ImportFileKind[]
}

/** How long a file is kept that no job uses. */
const KEPT_MS = 24 * 60 * 60 * 1000
/** Enough bytes to tell what a file is. */
const HEAD_BYTES = 4096
const MAX_FILENAME = 255

/**
 * Keeps a file that arrives, at flat memory whatever its size. Nothing is left of one that breaks off.
 * @param folder made when the first file comes
 * @throws AppError BAD_REQUEST for an empty file, or one of another kind, as soon as that shows; whatever `bytes` throws
 */
export async function storeImportFile(
  ctx: Context,
  folder: string,
  bytes: AsyncIterable<Uint8Array>,
  { filename, kinds }: NewImportFile,
): Promise<ImportFile> {
  const id = newId()
  const path = join(folder, id)
  const arriving = `${path}.part`
  await mkdir(folder, { recursive: true })
  try {
    const { kind, size } = await write(arriving, bytes, kinds)
    await rename(arriving, path)
    const file = { id, filename: toLabel(filename, kind), kind, size, created_at: toInstant(ctx.now()) }
    await ctx.db.insertInto('import_files').values(file).execute()
    return file
  } catch (error) {
    await Promise.all([rm(arriving, { force: true }), rm(path, { force: true })])
    throw error
  }
}

/** @throws AppError NOT_FOUND, also once the file has been swept away */
export async function getImportFile({ db }: Context, { file_id }: { file_id: string }): Promise<ImportFile> {
  const file = await db.selectFrom('import_files').selectAll().where('id', '=', file_id).executeTakeFirst()
  if (!file) throw new AppError('NOT_FOUND', 'There is no such file. Files to import are kept for a day.')
  return file
}

/** Where the bytes of a file lie. @param id of a file that `getImportFile` gave */
export function pathOfImportFile(folder: string, { id }: Pick<ImportFile, 'id'>): string {
  return join(folder, id)
}

/**
 * Removes the files that are older than a day and that no job waits for or works on, and what broken uploads left.
 * Several processes may do it at once.
 */
export async function sweepImportFiles(ctx: Context, folder: string): Promise<void> {
  const before = toInstant(new Date(ctx.now().getTime() - KEPT_MS))
  await removeImportFiles(folder, await inTransaction(ctx, (tx) => forgetImportFiles(tx, { before })))
  await sweepStrays(ctx, folder)
}

/**
 * Forgets the files that no job waits for or works on.
 * @param before an instant, for those that came earlier only
 * @returns their ids, for `removeImportFiles` once the transaction `tx` has ended
 */
export async function forgetImportFiles(tx: Context, { before }: { before?: string } = {}): Promise<string[]> {
  const found = await tx.db
    .selectFrom('import_files')
    .select('id')
    .$if(before !== undefined, (query) => query.where('created_at', '<', before ?? ''))
    .execute()
  if (found.length === 0) return []
  const used = await listUsedFiles(tx)
  const ids = found.map(({ id }) => id).filter((id) => !used.has(id))
  for (const id of ids) await tx.db.deleteFrom('import_files').where('id', '=', id).execute()
  return ids
}

/** Removes the bytes of files that are forgotten. What is left of them by a crash is swept a day later. */
export async function removeImportFiles(folder: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await rm(join(folder, id), { force: true })
}

/** Files of which no row tells: an upload or a sweep was cut off, maybe by a power failure. */
async function sweepStrays({ db }: Context, folder: string): Promise<void> {
  const names = await readdir(folder).catch(unlessMissing([]))
  if (names.length === 0) return
  const known = new Set((await db.selectFrom('import_files').select('id').execute()).map(({ id }) => id))
  for (const name of names) {
    if (known.has(name)) continue
    const path = join(folder, name)
    // Files carry the machine's time, which `ctx.now` need not be.
    const age = Date.now() - (await stat(path).catch(unlessMissing({ mtimeMs: Date.now() }))).mtimeMs
    if (age > KEPT_MS) await rm(path, { force: true })
  }
}

async function listUsedFiles({ db }: Context): Promise<Set<string>> {
  const jobs = await db
    .selectFrom('jobs')
    .select('params')
    .where('kind', '=', 'IMPORT')
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .execute()
  return new Set(jobs.map(({ params }): string => JSON.parse(params ?? '{}').file_id))
}

function unlessMissing<T>(otherwise: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  }
}

async function write(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  kinds: readonly ImportFileKind[],
): Promise<{ kind: ImportFileKind; size: number }> {
  let kind: ImportFileKind | undefined
  let size = 0
  async function* looked(): AsyncIterable<Uint8Array> {
    let head = Buffer.alloc(0)
    for await (const chunk of bytes) {
      size += chunk.byteLength
      if (!kind) {
        head = Buffer.concat([head, chunk])
        if (head.length >= HEAD_BYTES) kind = recognise(head, kinds)
      }
      yield chunk
    }
    kind ??= recognise(head, kinds)
  }
  const file = await open(path, 'wx')
  try {
    await file.writeFile(looked())
  } finally {
    await file.close()
  }
  if (!kind) throw new Error('The kind of a file that was read to its end is known')
  return { kind, size }
}

/** What a file is that begins like this. @throws AppError BAD_REQUEST when it is none of `kinds` */
function recognise(head: Buffer, kinds: readonly ImportFileKind[]): ImportFileKind {
  if (head.length === 0) throw new AppError('BAD_REQUEST', 'The file is empty.')
  const found = sniffKind(head)
  const kind = found === undefined ? 'CSV' : found === 'zip' ? 'ZIP' : found === 'json' ? 'JSON' : undefined
  if (kind && kinds.includes(kind)) return kind
  const isNoTable = found !== undefined && kinds.includes('CSV')
  throw new AppError('BAD_REQUEST', isNoTable ? REFUSALS[found] : `The file is not ${kinds.join(' or ')}.`)
}

/** The name alone, in characters that a page can show. */
function toLabel(filename: string, kind: ImportFileKind): string {
  const name = filename.split(/[/\\]/).at(-1) ?? ''
  const shown = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cc}|\p{Bidi_Control}/gu, '')
    .trim()
  return [...shown].slice(0, MAX_FILENAME).join('') || `import.${kind.toLowerCase()}`
}
