import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { newId } from '../context.ts'
import { openContext } from '../testing.ts'
import { temporaryRoot } from './testing/world.ts'
import { newUploadName, removeUploads, uploadPath } from './uploads.ts'

describeEachEngine('backups that were sent', (engine) => {
  it('are removed where no job needs them, and none that is younger', async () => {
    const ctx = await openContext(engine)
    const folders = { backups: await temporaryRoot(), imports: '' }
    await expect(removeUploads(ctx, folders, new Date())).resolves.toBeUndefined()
    const names = Array.from({ length: 5 }, newUploadName)
    const [idle = '', queued = '', running = '', failed = '', young = ''] = names
    await mkdir(dirname(uploadPath(folders, idle)))
    await writeFile(join(folders.backups, 'tmp', 'of somebody else'), '')
    const begun = new Date('2026-03-15T12:00:00Z')
    const earlier = new Date(begun.getTime() - 1)
    for (const name of names) {
      await writeFile(uploadPath(folders, name), 'a backup')
      await utimes(uploadPath(folders, name), begun, name === young ? begun : earlier)
    }
    for (const [upload, status] of [
      [queued, 'QUEUED'],
      [running, 'RUNNING'],
      [failed, 'FAILED'],
    ] as const) {
      const params = JSON.stringify({ upload })
      const created_at = '2026-03-15T12:00:00Z'
      await ctx.db
        .insertInto('jobs')
        .values({ id: newId(), kind: 'RESTORE', status, done: 0, created_at, params })
        .execute()
    }
    await removeUploads(ctx, folders, begun)
    const left = await readdir(join(folders.backups, 'tmp'))
    expect(left.sort()).toEqual([queued, running, young, 'of somebody else'].sort())
  })
})
