import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Backup, Client } from '@spends/client'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

/** A data page: nothing of it is made up, so a purchase is enough to see what comes and goes. */
async function addPurchase(client: Client, product_name: string): Promise<void> {
  await client.purchases.create.mutate({ product_name, price: '49.90', purchase_date: '2026-03-01' })
}

async function finish(client: Client, id: string): Promise<unknown> {
  for (;;) {
    const job = await client.jobs.get.query({ id })
    if (job.finished_at === null) continue
    expect(job).toMatchObject({ status: 'SUCCEEDED' })
    return job.result
  }
}

async function makeBackup(client: Client): Promise<Backup> {
  return (await finish(client, (await client.backup.create.mutate({})).id)) as Backup
}

async function names(client: Client): Promise<string[]> {
  return (await client.purchases.list.query({ sort: 'product_name' })).items.map(({ product_name }) => product_name)
}

/** Through the last step of the dialog, to what came of it. */
async function confirmRestore(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Restore a backup' })
  await dialog.getByRole('button', { name: 'Go on' }).click()
  const restore = dialog.getByRole('button', { name: 'Restore', exact: true })
  await dialog.getByText('Right before anything is replaced, a restore point is made').waitFor()
  expect(await restore.isDisabled()).toBe(true)
  await dialog.getByLabel('Type RESTORE to go on').fill('RESTORE')
  await restore.click()
  await page.getByText(/^The backup of .* is restored\./).waitFor()
}

/** While rows are replaced nobody is answered: the pages wait for that calmly. */
function expectSwitching(app: App): void {
  app.guard.expect(503)
}

describe('backups', () => {
  test('are made, listed, proven anew, downloaded and deleted', async ({ app, page }) => {
    await addPurchase(app.client, 'Desk lamp')
    await page.goto('/settings#data')
    await page.getByText('There is no backup yet.').waitFor()
    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('The backup is made and proven.').first().waitFor()
    await page.getByText(/Last backup: now, 0 files, [\d.]+ kB, proven restorable, no automatic ones/).waitFor()

    await page.getByRole('button', { name: /^Prove anew the backup of/ }).click()
    await page.getByText('The backup is proven: all of it can be restored.').first().waitFor()
    const [backup] = (await app.client.backup.list.query()).items
    const link = page.getByRole('link', { name: 'Download the backup of 2026-03-15, 12:00 PM' })
    const answer = await page.request.get((await link.getAttribute('href')) ?? '')
    expect([answer.status(), (await answer.body()).length]).toEqual([200, backup?.size])

    await page.getByRole('button', { name: /^Delete the backup of/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No backup is kept yet.').waitFor()
    expect((await app.client.backup.list.query()).total).toBe(0)
  })

  test('are restored from the list after what changes was shown, and that is undone', async ({ app, page }) => {
    expectSwitching(app)
    await addPurchase(app.client, 'Desk lamp')
    await makeBackup(app.client)
    await addPurchase(app.client, 'Kettle')
    await page.goto('/settings#data')
    await page.getByRole('button', { name: /^Restore the backup of/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore a backup' })
    await dialog.getByRole('row', { name: 'Purchases 2 1' }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'settings-restore-light')
    await confirmRestore(page)
    expect(await names(app.client)).toEqual(['Desk lamp'])
    await page.getByText('There is 1 purchase now.').waitFor()
    await keepScreenshot(page, 'settings-restored-light')

    await page.getByRole('button', { name: 'Undo restore' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo restore' }).click()
    await page.getByText('There are 2 purchases now.').waitFor()
    expect(await names(app.client)).toEqual(['Desk lamp', 'Kettle'])
  })

  test('are restored from a file with its passphrase, and files that are none are refused in words', async ({
    app,
  }) => {
    expectSwitching(app)
    app.guard.expect(400, 422)
    const page = await app.open({ colorScheme: 'dark' })
    await addPurchase(app.client, 'Desk lamp')
    await app.client.backup.configure.mutate({ passphrase: 'correct horse battery' })
    const { filename } = await makeBackup(app.client)
    const bytes = await readFile(join(app.dataDir, 'backups', filename))
    await app.client.backup.configure.mutate({ passphrase: null })
    await addPurchase(app.client, 'Kettle')

    await page.goto('/settings#data')
    await page.getByRole('button', { name: 'Restore from a file…' }).click()
    const file = page.getByLabel('File of a backup')
    await file.setInputFiles({ name: 'diary.zip', mimeType: 'application/zip', buffer: Buffer.from('Dear diary') })
    await page.getByText('This file cannot be restored.').waitFor()
    expect(await page.getByRole('link', { name: 'Go to the import' }).getAttribute('href')).toBe('/import')
    await expectAccessible(page)
    await keepScreenshot(page, 'settings-refused-dark')

    await file.setInputFiles({ name: filename, mimeType: 'application/octet-stream', buffer: bytes })
    await page.getByText('The backup is encrypted. Enter the passphrase it was made with.').waitFor()
    const passphrase = page.getByRole('dialog').getByLabel('Passphrase')
    await passphrase.fill('wrong horse battery')
    await passphrase.press('Enter')
    await page.getByText('That is not the passphrase it was made with.').waitFor()
    await passphrase.fill('correct horse battery')
    await passphrase.press('Enter')
    await page.getByRole('dialog').getByRole('row', { name: 'Purchases 2 1' }).waitFor()
    expect(await names(app.client)).toHaveLength(2)
    await confirmRestore(page)
    expect(await names(app.client)).toEqual(['Desk lamp'])
  })
})

describe('automatic backups', () => {
  test('are planned, kept so many of, copied elsewhere and encrypted', async ({ app, page }) => {
    app.guard.expect(422)
    const folder = join(app.dataDir, 'second')
    await mkdir(folder)
    await page.goto('/settings#data')
    await page.getByRole('switch', { name: 'Make backups by themselves' }).check()
    await page.getByLabel('How often').selectOption('Every week')
    await page.getByLabel('On', { exact: true }).selectOption('Monday')
    await page.getByLabel('At', { exact: true }).selectOption('2:00 AM')
    await page.getByLabel('The last', { exact: true }).fill('')
    await page.getByRole('button', { name: 'Add a place' }).click()
    const place = page.getByRole('textbox', { name: 'Place 1' })
    await place.fill('second')
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText(/^Must be the absolute path of a folder/).waitFor()
    await place.fill(join(app.dataDir, 'nowhere'))
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText('nowhere is not there. Is its disk mounted?').waitFor()
    await place.fill(folder)
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText('It works: a small file was written, read back and removed.').waitFor()

    const save = page.locator('[data-section=data]').getByRole('button', { name: 'Save' }).first()
    await save.click()
    await page.getByText('Write a whole number').waitFor()
    await page.getByLabel('The last', { exact: true }).fill('7')
    await save.click()
    await page.getByText('The settings are saved.').first().waitFor()
    await page.getByText('Next tonight 2:00 AM.').waitFor()

    // What is written and not saved has nothing to do with the passphrase.
    await page.getByLabel('The last', { exact: true }).fill('9')
    await page.getByRole('button', { name: 'Set a passphrase…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Encryption' })
    await dialog.getByText('Nobody can bring it back.').waitFor()
    await dialog.getByLabel('Passphrase').fill('correct horse battery')
    await dialog.getByLabel('Once more').fill('correct horse')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('These are not the same').waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Once more').fill('correct horse battery')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Backups are encrypted with a passphrase.').waitFor()
    expect(await page.getByLabel('The last', { exact: true }).inputValue()).toBe('9')
    expect(await app.client.backup.config.query()).toMatchObject({
      schedule: 'WEEKLY',
      weekday: 'MONDAY',
      hour: 2,
      keep_last: 7,
      destinations: [folder],
      has_passphrase: true,
    })
    await page.reload()
    expect(await page.getByLabel('On', { exact: true }).inputValue()).toBe('MONDAY')
    await keepScreenshot(page, 'settings-planned-light')
  })

  test('say that they failed, and why, and that one is overdue', async ({ app, page }) => {
    await app.client.backup.configure.mutate({ destinations: [join(app.dataDir, 'nowhere')] })
    await page.goto('/settings#data')
    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('The backup is made and proven, but it is not everywhere:').first().waitFor()
    await page.getByText('Failed', { exact: true }).waitFor()
    await page.getByRole('alert').getByText('nowhere is not there. Is its disk mounted?').waitFor()

    await app.client.backup.configure.mutate({ destinations: [], schedule: 'DAILY' })
    await makeBackup(app.client)
    // As if the server had slept through its hour: what was due weeks ago is said to be queued, and never came.
    const database = new DatabaseSync(join(app.dataDir, 'spends_tracker.db'))
    database.exec(
      "UPDATE backup_config SET scheduled_since = '2026-03-01T00:00:00Z', queued_until = '2026-03-15T12:00:00Z'",
    )
    database.close()
    for (const { id } of (await app.client.backup.list.query()).items) await app.client.backup.delete.mutate({ id })
    await page.reload()
    await page.getByText('Overdue', { exact: true }).waitFor()
    await page.getByText('The backup of 2026-03-01T03:00:00Z was not made.').waitFor()
    await expectAccessible(page)
  })
})

describe('work under way', () => {
  test('is shown stage by stage through a reload, and keeps others from beginning', async ({ app, page }) => {
    app.guard.expect(409)
    await page.goto('/settings#data')
    await page.getByText('There is no backup yet.').waitFor()
    // Another process of the same instance is at it, and gives a sign of life.
    const database = new DatabaseSync(join(app.dataDir, 'spends_tracker.db'))
    database.exec(
      "INSERT INTO jobs (id, kind, status, stage, done, total, created_at, started_at, claimed_by, heartbeat_at) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'BACKUP', 'RUNNING', 'files', 45, 100, '2026-03-15T12:00:00Z', '2026-03-15T12:00:00Z', 'elsewhere:1:x', '2099-01-01T00:00:00Z')",
    )
    await page.getByRole('button', { name: 'Back up now' }).click()
    await page.getByText('A backup is under way. Try again when it is over.').waitFor()
    await page.getByText('Something else is at work').waitFor()

    for (const _ of ['first', 'again']) {
      await page.reload()
      const work = page.getByRole('group', { name: 'Making a backup' })
      await work.getByText('45 %').waitFor()
      expect(await work.locator('[aria-current=step]').textContent()).toContain('Write the files')
      await page.getByText('Running', { exact: true }).waitFor()
    }
    await expectAccessible(page)
    await keepScreenshot(page, 'settings-running-light')
    database.exec(
      "UPDATE jobs SET status = 'FAILED', error = '{\"message\":\"There is no room left.\"}', finished_at = '2026-03-15T12:00:00Z'",
    )
    database.close()
    await page.getByText('It failed. Nothing has changed.').first().waitFor()
    await page.reload()
    await page.getByText('It failed. Nothing has changed.').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByText('It failed. Nothing has changed.').waitFor({ state: 'hidden' })
  })
})
