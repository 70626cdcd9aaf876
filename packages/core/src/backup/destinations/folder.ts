import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../errors.ts'
import { localFiles } from '../../files.ts'
import { PARTIAL, syncFolder, withTemporary } from '../temporary.ts'
import type { BackupDestination } from './destination.ts'

/**
 * A folder, maybe on another disk. It is never made: where that disk is not mounted, its copies would end up on the one
 * that they are to be safe from.
 */
export function folderDestination(root: string): BackupDestination {
  const backups = join(root, 'backups')
  const blobs = localFiles(join(root, 'blobs'))

  async function namesIn(): Promise<string[]> {
    return (await readdir(backups).catch(unlessMissing([]))).sort()
  }

  return {
    place: root,
    blobs,

    async check() {
      const found = await stat(root).catch(unlessMissing(undefined))
      if (!found?.isDirectory()) {
        const what = found ? 'is no folder' : 'is not there. Is its disk mounted? The folder itself is never made'
        throw new AppError('SERVICE_UNAVAILABLE', `${root} ${what}.`)
      }
    },

    async put(name, path) {
      // Not with the folders above it: see `check`.
      await mkdir(backups).catch(unless('EEXIST', undefined))
      await syncFolder(root)
      await withTemporary(backups, async (temporary) => {
        await pipeline(createReadStream(path), createWriteStream(temporary(name), { flags: 'wx', flush: true }))
        await rename(temporary(name), join(backups, name))
        await syncFolder(backups)
      })
    },

    async *open(name) {
      const file = await open(join(backups, name)).catch(unlessMissing(undefined))
      if (!file) throw new AppError('GONE', `${join(backups, name)} is not there.`)
      yield* createReadStream('', { fd: file, highWaterMark: 1 << 20 })
    },

    async *list() {
      for (const name of await namesIn()) {
        if (name.includes(PARTIAL)) continue
        const found = await stat(join(backups, name)).catch(unlessMissing(undefined))
        if (found?.isFile()) yield { name, size: found.size, put_at: found.mtime }
      }
    },

    async remove(name) {
      await rm(join(backups, name), { force: true })
      await syncFolder(backups).catch(unlessMissing(undefined))
    },

    async removeUnfinished(before) {
      for (const name of await namesIn()) {
        const path = join(backups, name)
        const found = name.includes(PARTIAL) ? await stat(path).catch(unlessMissing(undefined)) : undefined
        if (found && found.mtime < before) await rm(path, { force: true })
      }
      await blobs.removeUnfinished(before)
    },
  }
}

function unlessMissing<T>(otherwise: T) {
  return unless('ENOENT', otherwise)
}

function unless<T>(code: 'ENOENT' | 'EEXIST', otherwise: T) {
  return (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === code) return otherwise
    throw error
  }
}
