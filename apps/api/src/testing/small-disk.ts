import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real file system of its own, in memory. */
export interface SmallDisk {
  path: string
  /** Takes all the room but so many bytes. */
  fill(leaving?: number): Promise<void>
  /** Gives it back. */
  free(): Promise<void>
  remove(): void
}

/** @param size as `mount` takes it: `2m` */
export function makeSmallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'spends-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
  } catch (error) {
    rmdirSync(path)
    throw error
  }
  const filler = join(path, 'filler')
  return {
    path,
    async fill(leaving = 0) {
      await rm(filler, { force: true })
      const { bavail, bsize } = await statfs(path)
      const blocks = bavail - Math.ceil(leaving / bsize)
      const file = await open(filler, 'w')
      try {
        for (let block = 0; block < blocks; block += 1) await file.write(Buffer.alloc(bsize))
      } finally {
        await file.close()
      }
    },
    free: () => rm(filler, { force: true }),
    remove() {
      execFileSync('umount', [path])
      rmdirSync(path)
    },
  }
}

/** Whether this process may make one; most users but root may not. */
export function mayMakeDisks(): boolean {
  if (process.platform !== 'linux') return false
  try {
    makeSmallDisk('64k').remove()
    return true
  } catch {
    return false
  }
}
