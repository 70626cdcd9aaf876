import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { AppError } from '../../errors.ts'
import { hashBytes, hashFile, withTemporary } from '../temporary.ts'
import { explained } from './copies.ts'
import type { BackupDestination } from './destination.ts'

/**
 * Does everything with a destination that copying to it takes, with a small file: writes, reads back, lists, removes.
 * @param scratch a folder for temporary files; made if it is not there
 * @returns what is wrong with it, in a sentence; undefined when nothing is
 */
export async function testDestination(destination: BackupDestination, scratch: string): Promise<string | undefined> {
  const name = `test-${randomUUID()}`
  try {
    await explained(destination, async () => {
      await destination.check()
      await withTemporary(scratch, async (temporary) => {
        const path = temporary('test')
        await writeFile(path, name)
        await destination.put(name, path)
        try {
          const sent = await hashFile(path)
          if ((await hashBytes(destination.open(name))) !== sent)
            throw wrong(destination, 'gives other bytes than it got')
          if (!(await isListed(destination, name))) throw wrong(destination, 'does not list what it holds')
        } finally {
          await destination.remove(name)
        }
        if (await isListed(destination, name)) throw wrong(destination, 'lets nothing be removed')
      })
    })
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
}

async function isListed(destination: BackupDestination, name: string): Promise<boolean> {
  for await (const found of destination.list()) if (found.name === name) return true
  return false
}

function wrong({ place }: BackupDestination, what: string): AppError {
  return new AppError('SERVICE_UNAVAILABLE', `${place} cannot be used: it ${what}.`)
}
