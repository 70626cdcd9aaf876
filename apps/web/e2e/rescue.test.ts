import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawnServer } from '@spends/api/testing'
import type { Backup } from '@spends/client'
import { expect, onTestFinished } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, NOW, test } from './fixture.ts'

/** A purchase, an encrypted backup of it, and then noise in the place of the database. @returns the file of the backup */
async function fillAndDamage({ client, server, dataDir, url }: App): Promise<string> {
  await client.purchases.create.mutate({ product_name: 'Desk lamp', price: '49.90', purchase_date: '2026-03-01' })
  const { id } = await client.backup.create.mutate({ passphrase: 'correct horse battery' })
  let job = await client.jobs.get.query({ id })
  while (job.finished_at === null) job = await client.jobs.get.query({ id })
  await server.stop()
  const file = await open(join(dataDir, 'spends_tracker.db'), 'r+')
  await file.write(Buffer.alloc(8192, 'no database'), 0, 8192, 0)
  await file.close()
  const damaged = await spawnServer({ env: { SPENDS_NOW: NOW, DATA_DIR: dataDir, PORT: new URL(url).port } })
  onTestFinished(async () => void (await damaged.stop()))
  return join(dataDir, 'backups', (job.result as Backup).filename)
}

test('a damaged database is said, and a backup restored in its place', async ({ app }) => {
  app.guard.expect(400, 422, 503)
  // One server ends, and the other begins.
  app.guard.expectNoAnswer()
  const path = await fillAndDamage(app)
  const page = await app.open({ colorScheme: 'dark' })
  await page.goto('/settings')
  await page.getByRole('heading', { name: 'The database is damaged' }).waitFor()
  await page.getByText(/^What is wrong: .*spends_tracker\.db/).waitFor()
  const listed = page.getByRole('radio', { name: /, encrypted$/ })
  expect(await listed.isChecked()).toBe(true)
  await expectAccessible(page)
  await keepScreenshot(page, 'rescue-dark')

  await page.getByRole('radio', { name: 'One that I have as a file' }).check()
  const file = page.getByLabel('File of a backup')
  await file.setInputFiles({ name: 'diary.zip', mimeType: 'application/zip', buffer: Buffer.from('Dear diary') })
  await page.getByRole('button', { name: 'See what comes back' }).click()
  await page.getByText('This backup cannot be restored.').waitFor()
  await file.setInputFiles({ name: 'a.zip.age', mimeType: 'application/octet-stream', buffer: await readFile(path) })
  await page.getByRole('button', { name: 'See what comes back' }).click()
  await page.getByText('The backup is encrypted. Enter its passphrase.').waitFor()
  await listed.check()
  await page.getByLabel('Passphrase the backup was made with').fill('correct horse battery')
  await page.getByRole('button', { name: 'See what comes back' }).click()
  await page.getByText('Purchases: 1. Warranties: 0. Files: 0.').waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await keepScreenshot(page, 'rescue-plan-320')
  await page.getByRole('button', { name: 'Restore it' }).click()
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor({ timeout: 30_000 })
  expect((await app.client.purchases.list.query()).items).toMatchObject([{ product_name: 'Desk lamp' }])
})
