import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

function fill({ client }: App, size: number) {
  return Promise.all(
    Array.from({ length: size }, (_, index) =>
      client.purchases.create.mutate({
        product_name: `Notebook ${index + 1}`,
        price: '2',
        purchase_date: '2026-03-01',
        tags: index === 0 ? ['kept'] : [],
      }),
    ),
  )
}

const waitForRows = (page: Page, count: number) =>
  page.waitForFunction((wanted) => document.querySelectorAll('[data-row]').length === wanted, count)

describe('selected purchases', () => {
  test('get a status and a tag at once, some of a page or all that match', async ({ app, page }) => {
    await fill(app, 23)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    const bar = page.getByRole('region', { name: 'Selected purchases' })
    for (const index of [0, 1]) await page.locator('[data-row]').nth(index).getByRole('checkbox').check()
    await bar.getByText('2 selected').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'inventory-bulk')
    await bar.getByRole('button', { name: 'Export' }).click()
    const downloading = page.waitForEvent('download')
    await bar.getByRole('link', { name: 'CSV, for spreadsheets' }).click()
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n')
    expect(lines).toHaveLength(3)
    await bar.getByRole('button', { name: 'Set status' }).click()
    await bar.getByRole('button', { name: 'Ordered' }).click()
    await page.getByText('2 purchases changed').first().waitFor()
    expect((await app.client.purchases.list.query({ status: 'ORDERED' })).total).toBe(2)
    await bar.waitFor({ state: 'hidden' })

    await page.getByRole('checkbox', { name: 'Select every purchase of this page' }).check()
    await bar.getByRole('button', { name: 'Select all 23 that match' }).click()
    await bar.getByText('23 selected').waitFor()
    await bar.getByRole('button', { name: 'Tags' }).click()
    await bar.getByRole('combobox', { name: 'Tag' }).fill('paper')
    await bar.getByRole('button', { name: 'Add the tag' }).click()
    await page.getByText('23 purchases changed').first().waitFor()
    expect((await app.client.purchases.list.query({ tag: 'paper' })).total).toBe(23)
  })

  test('are deleted after a question, and brought back by Undo', async ({ app, page }) => {
    await fill(app, 4)
    await page.goto('/inventory?tag=kept')
    await waitForRows(page, 1)
    await page.goto('/inventory')
    await waitForRows(page, 4)
    await page.getByRole('checkbox', { name: 'Select every purchase of this page' }).check()
    await page.getByRole('checkbox', { name: 'Notebook 1', exact: true }).uncheck()
    const bar = page.getByRole('region', { name: 'Selected purchases' })
    await bar.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog', { name: 'Delete 3 purchases?' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('3 purchases deleted').first().waitFor()
    await waitForRows(page, 1)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone: everything is as before.').first().waitFor()
    await waitForRows(page, 4)
    expect((await app.client.purchases.list.query({})).total).toBe(4)
  })
})
