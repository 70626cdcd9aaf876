import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { uploadAttachment } from '@spends/client'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { keepScreenshot, test } from './fixture.ts'

describe('the danger zone', () => {
  test('erases everything once the word is typed, after a backup by which that is undone', async ({ app }) => {
    // While rows are replaced nobody is answered: the page waits for that calmly.
    app.guard.expect(503)
    const page = await app.open({ colorScheme: 'dark' })
    await app.client.purchases.create.mutate({ product_name: 'Desk lamp', price: '49.90', purchase_date: '2026-03-01' })
    await page.goto('/settings#data')
    await page.getByRole('button', { name: 'Erase everything…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Erase everything?' })
    const erase = dialog.getByRole('button', { name: 'Erase everything' })
    expect(await erase.isDisabled()).toBe(true)
    await expectAccessible(page)
    await dialog.getByLabel('Type ERASE to go on').fill('ERASE')
    await erase.click()
    await page.getByText('All data is erased. A backup of it was made first.').waitFor()
    expect((await app.client.purchases.list.query()).total).toBe(0)
    await keepScreenshot(page, 'settings-erased-dark')

    await page.getByRole('button', { name: 'Undo erasing' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo erasing' }).click()
    await page.getByText('There is 1 purchase now.').waitFor()
    expect((await app.client.purchases.list.query()).items).toMatchObject([{ product_name: 'Desk lamp' }])
  })
})

describe('the check of the files', () => {
  test('names what is missing, and leads to its purchase', async ({ app, page }) => {
    const purchase = { product_name: 'Desk lamp', price: '49.90', purchase_date: '2026-03-01' }
    const { id } = await app.client.purchases.create.mutate(purchase)
    await uploadAttachment(app.url, id, new File(['%PDF-1.4 receipt'], 'receipt.pdf'), { kind: 'RECEIPT' })
    await page.goto('/settings#data')
    await page.getByRole('button', { name: 'Check all files' }).click()
    await page.getByText('1 file was read (16 byte): it is as it was stored.').first().waitFor()

    const uploads = join(app.dataDir, 'uploads')
    for (const folder of await readdir(uploads)) await rm(join(uploads, folder), { recursive: true })
    await page.getByRole('button', { name: 'Check all files' }).click()
    await page.getByText('1 file is not as it was stored.').first().waitFor()
    expect(await page.getByRole('link', { name: 'receipt.pdf' }).getAttribute('href')).toBe(`/inventory?id=${id}`)
    await expectAccessible(page)
    await keepScreenshot(page, 'settings-integrity-light')
  })
})
