import type { NewWarranty } from '@spends/client'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

/** The clock stands at 2026-03-15. */
async function addWarranties({ client }: App) {
  const add = (product_name: string, warranty: Partial<NewWarranty>) =>
    client.purchases.create.mutate({
      product_name,
      price: '10.00',
      purchase_date: '2024-03-15',
      warranty: { warranty_start: '2024-03-15', ...warranty },
    })
  const kettle = await add('Kettle', { warranty_end: '2026-03-15', provider: 'Corner Shop' })
  await add('Lamp', { warranty_end: '2026-04-01' })
  await add('Washer', { warranty_end: '2029-03-15' })
  await add('Phone', { warranty_end: '2025-03-15' })
  await add('Old phone', { warranty_end: '2024-09-15' })
  await add('Knife', { warranty_end: null, warranty_type: 'LIFETIME' })
  return { kettle }
}

describe('warranties', () => {
  test('stand under how they are, with the days that are left', async ({ app }) => {
    await addWarranties(app)
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 1280],
      ['light', 360],
    ] as const) {
      const page = await app.open({ colorScheme, viewport: { width, height: 800 } })
      await page.goto('/warranties')
      await page.getByRole('row', { name: 'Kettle' }).getByText('last day today').waitFor()
      const names = () => page.locator('tbody .directory-name').allTextContents()
      expect(await names()).toEqual(['Kettle', 'Lamp'])
      await expectAccessible(page)
      await keepScreenshot(page, `warranties-${colorScheme}-${width}`)
      await page.getByRole('tab', { name: 'Active 4' }).click()
      await page.getByRole('row', { name: 'Knife' }).getByText('for life').waitFor()
      expect(await names()).toEqual(['Kettle', 'Lamp', 'Washer', 'Knife'])
      await page.keyboard.press('ArrowRight')
      await page.getByRole('row', { name: 'Old phone' }).waitFor()
      expect(await names()).toEqual(['Phone', 'Old phone'])
      await page.goBack()
      await page.getByRole('row', { name: 'Washer' }).waitFor()
      expect(await page.getByRole('tab', { selected: true }).textContent()).toContain('Active')
    }
  })

  test('are sorted and searched, and the address keeps how', async ({ app, page }) => {
    await addWarranties(app)
    await page.goto('/warranties?tab=active')
    await page.getByRole('button', { name: 'Product' }).click()
    await page.waitForURL(/sort=product_name&order=asc/)
    await page.getByRole('button', { name: 'Product' }).click()
    await page.waitForURL(/order=desc/)
    await page.getByRole('searchbox').fill('a')
    await page.waitForURL(/search=a/)
    await page.reload()
    await page.getByRole('row', { name: 'Washer' }).waitFor()
    expect(await page.locator('tbody .directory-name').allTextContents()).toEqual(['Washer', 'Lamp'])
    expect(await page.getByRole('columnheader', { name: 'Product' }).getAttribute('aria-sort')).toBe('descending')
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('No warranty matches').waitFor()

    // Of a page on which nothing is left, the last that there is is shown.
    await page.goto('/warranties?tab=active&skip=100&limit=50')
    await page.getByRole('row', { name: 'Washer' }).waitFor()
    expect(new URL(page.url()).search).toBe('?tab=active&limit=50')
  })

  test('are voided, and that is taken back', async ({ app, page }) => {
    await addWarranties(app)
    await page.goto('/warranties')
    await page.getByRole('button', { name: 'Void the warranty of Kettle' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Void it' }).click()
    await page.getByRole('tab', { name: 'Voided 1' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('tab', { name: 'Voided 0' }).waitFor()
    await page.getByRole('row', { name: 'Kettle' }).waitFor()
  })

  test('are edited; wrong days are named, and what another has saved is not run over', async ({ app, page }) => {
    const { kettle } = await addWarranties(app)
    app.guard.expect(422, 412)
    await page.goto('/warranties')
    await page.getByRole('button', { name: 'Edit the warranty of Kettle' }).click()
    const dialog = page.getByRole('dialog', { name: 'Edit the warranty of Kettle' })
    expect(await dialog.getByLabel('Kind').inputValue()).toBe('LIMITED')
    await dialog.getByLabel('Ends').fill('2024-01-01')
    await dialog.getByLabel('Who gives it').fill('Maker')
    await page.keyboard.press('Control+Enter')
    await dialog.getByText('Must not be before').waitFor()
    await expectAccessible(page)

    const id = kettle.warranty?.id ?? ''
    await app.client.warranties.update.mutate({ id, provider: 'Somebody else' })
    await dialog.getByLabel('Ends').fill('2026-05-01')
    await page.keyboard.press('Control+Enter')
    await dialog.getByText('Somebody has changed this warranty in the meantime.').waitFor()
    await dialog.getByRole('button', { name: 'Show theirs' }).click()
    await expect.poll(() => dialog.getByLabel('Who gives it').inputValue()).toBe('Somebody else')
    await app.client.warranties.update.mutate({ id, notes: 'once more' })
    await dialog.getByLabel('Kind').selectOption('Extended')
    await page.keyboard.press('Control+Enter')
    await dialog.getByRole('button', { name: 'Save mine over it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(await app.client.warranties.get.query({ id })).toMatchObject({
      warranty_type: 'EXTENDED',
      provider: 'Somebody else',
      notes: null,
    })
  })

  test('that are half edited are not left by accident', async ({ app, page }) => {
    await addWarranties(app)
    await page.goto('/warranties')
    await page.getByRole('button', { name: 'Edit the warranty of Lamp' }).click()
    await page.getByLabel('Notes').fill('under the bed')
    await page.keyboard.press('Escape')
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByLabel('Notes').inputValue()).toBe('under the bed')
    await page.keyboard.press('Escape')
    await question.getByRole('button', { name: 'Leave' }).click()
    await page.getByLabel('Notes').waitFor({ state: 'hidden' })
  })
})
