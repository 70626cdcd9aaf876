import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeEachEngine, testFolder } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../testing.ts'
import { restOf } from './verbs.ts'

describeEachEngine('the check of all files', ({ openDatabase }) => {
  let server: TestApp
  let uploads: string
  beforeEach(async () => {
    const DATA_DIR = join(testFolder(), randomUUID())
    uploads = join(DATA_DIR, 'uploads')
    server = await startTestApp(await openDatabase(), { env: { DATA_DIR } })
  })
  const { ask, buy } = restOf(() => ({ server }))

  async function attach(purchase: string, text: string) {
    const body = new FormData()
    body.set('file', new File([text], `${text}.txt`))
    return (await ask(`/api/purchases/${purchase}/attachments`, { method: 'POST', body })).body
  }
  const check = () => ask('/api/attachments/integrity', { json: {}, headers: { Prefer: 'wait' } })
  const pathOf = ({ sha256 }: { sha256: string }) => join(uploads, sha256.slice(0, 2), sha256.slice(2, 4), sha256)

  it('says what is lost and altered, by attachment, and how much is as it was', async () => {
    const { id } = await buy()
    await attach(id, 'whole')
    const altered = await attach(id, 'altered')
    expect((await check()).body).toEqual({
      checked: 2,
      bytes: 12,
      missing: [],
      missing_count: 0,
      altered: [],
      altered_count: 0,
      orphaned_count: 0,
      orphaned_bytes: 0,
    })
    await writeFile(pathOf(altered), 'others')
    const { status, body } = await check()
    expect([status, body]).toMatchObject([
      200,
      {
        checked: 2,
        bytes: 5,
        missing_count: 0,
        altered_count: 1,
        altered: [
          {
            sha256: altered.sha256,
            attachments: [{ id: altered.id, purchase_id: id, filename: 'altered.txt' }],
            attachment_count: 1,
          },
        ],
      },
    ])
    expect((await ask(`/api/attachments/${altered.id}`)).body.available).toBe(false)
  })

  it('names no more attachments of one content than a page can show', async () => {
    const shared = await attach((await buy()).id, 'shared')
    for (let count = 1; count < 12; count++) await attach((await buy()).id, 'shared')
    await writeFile(pathOf(shared), 'others')
    const [damaged] = (await check()).body.altered
    expect([damaged.attachments.length, damaged.attachment_count]).toEqual([10, 12])
  })
})
