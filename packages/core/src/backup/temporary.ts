import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Stands in the name of every file that nobody needs after a crash. */
export const PARTIAL = '.partial'

/** Gives names to files that live as long as one piece of work. */
export type NameTemporary = (what: string) => string

/**
 * Does work that needs files for a while, and removes them at its end, however that is.
 * @param folder made if it is not there
 * @param owner is found by `isTemporaryOf` in the names; nobody's where none is given
 */
export async function withTemporary<T>(
  folder: string,
  work: (name: NameTemporary) => Promise<T>,
  owner: string = randomUUID(),
): Promise<T> {
  await mkdir(folder, { recursive: true })
  const prefix = `${owner}.${randomUUID()}${PARTIAL}`
  try {
    return await work((what) => join(folder, `${prefix}.${what}`))
  } finally {
    await removeAll(folder, prefix).catch(() => {
      // How the work ended counts more; `sweepBackups` removes them later.
    })
  }
}

/** Whether a file of this name is a temporary one of this owner. */
export function isTemporaryOf(owner: string, name: string): boolean {
  return name.startsWith(`${owner}.`) && name.includes(PARTIAL)
}

async function removeAll(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix)) await rm(join(folder, name), { force: true })
  }
}

/** What was renamed or removed in a folder is only so for good once the folder is written. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1 << 20)
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function hashBytes(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}
