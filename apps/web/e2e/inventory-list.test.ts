import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

/** Enough to page, filter and sort: 24 of them, one a day in February, and what the tests look for. */
async function fill({ client }: App): Promise<void> {
  const [kitchen, forest] = await Promise.all([
    client.retailers.create.mutate({ name: 'Kitchen & Co' }),
    client.retailers.create.mutate({ name: 'Forest Books' }),
  ])
  const brand = await client.brands.create.mutate({ name: 'Northlight' })
  await Promise.all(
    Array.from({ length: 22 }, (_, index) =>
      client.purchases.create.mutate({
        product_name: `Notebook ${String(index + 1).padStart(2, '0')}`,
        price: `${index + 1}.50`,
        purchase_date: `2026-02-${String(index + 1).padStart(2, '0')}`,
        retailer_id: forest.id,
        tags: index % 2 === 0 ? ['paper'] : ['paper', 'gift'],
      }),
    ),
  )
  await client.purchases.create.mutate({
    product_name: 'Espresso machine with a long name that needs more than one line on a phone',
    price: '1299.90',
    currency_code: 'EUR',
    quantity: 2,
    purchase_date: '2026-03-10',
    status: 'ORDERED',
    retailer_id: kitchen.id,
    brand_id: brand.id,
    return_by: '2026-03-24',
    tax_deductible: true,
    tags: ['kitchen'],
    warranty: { warranty_start: '2026-03-10', warranty_end: '2026-04-01' },
  })
  await client.purchases.create.mutate({ product_name: 'Bicycle pump', price: '19.90', purchase_date: '2025-06-01' })
}

const nameLinks = (page: Page) => page.getByRole('rowheader').getByRole('link')
const waitForRows = (page: Page, count: number) =>
  page.waitForFunction((wanted) => document.querySelectorAll('[data-row]').length === wanted, count)

describe('the list of purchases', () => {
  test('is paged, sorted and searched in its address, and Back leads back', async ({ app, page }) => {
    await fill(app)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    expect(await nameLinks(page).first().textContent()).toMatch(/^Espresso machine/)
    await page.getByText('1–20 of 24').waitFor()

    await page.getByRole('button', { name: 'Next page' }).click()
    await waitForRows(page, 4)
    expect(new URL(page.url()).search).toBe('?skip=20')
    await page.goBack()
    await waitForRows(page, 20)

    await page.getByLabel('Rows').selectOption('50')
    await waitForRows(page, 24)
    const price = page.getByRole('columnheader', { name: 'Price' })
    await price.getByRole('button').click()
    await page.waitForURL('**/inventory?sort=price&limit=50')
    expect(await price.getAttribute('aria-sort')).toBe('descending')
    await price.getByRole('button').click()
    await page.waitForURL('**/inventory?sort=price&order=asc&limit=50')
    await page.locator('[data-row] a').first().filter({ hasText: 'Notebook 01' }).waitFor()
    expect(await price.getAttribute('aria-sort')).toBe('ascending')

    await page.getByRole('searchbox', { name: 'Search purchases' }).fill('ESPRESSO')
    await waitForRows(page, 1)
    expect(new URL(page.url()).searchParams.get('search')).toBe('ESPRESSO')
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await waitForRows(page, 24)
  })

  test('shows the answer to what was typed last, however late the others come', async ({ app, page }) => {
    await fill(app)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    // The first search is held back until the second was answered.
    const { promise: second, resolve: answered } = Promise.withResolvers<void>()
    await page.route(/%22search%22%3A%22pump%22/, async (route) => {
      await second
      await route.continue().catch(() => {})
    })
    app.guard.expectNoAnswer()
    const search = page.getByRole('searchbox')
    const asked = page.waitForRequest(/%22search%22%3A%22pump%22/)
    await search.fill('pump')
    await asked
    await search.fill('espresso')
    await waitForRows(page, 1)
    answered()
    await page.unrouteAll({ behavior: 'wait' })
    expect(await nameLinks(page).allTextContents()).toEqual([expect.stringMatching(/^Espresso/)])
  })

  test('keeps every choice that is made while it is on its way', async ({ app, page }) => {
    await fill(app)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    await page.getByRole('button', { name: 'Filters', exact: true }).click()
    const { promise: later, resolve: answer } = Promise.withResolvers<void>()
    await page.route(/purchases\.list/, async (route) => {
      await later
      await route.continue().catch(() => {})
    })
    app.guard.expectNoAnswer()
    await page.getByLabel('Received').check()
    // Nobody waits for the answer, nor for the pause after the last letter.
    await page.getByRole('searchbox', { name: 'Search purchases' }).fill('notebook')
    await page.locator('#filter-tax').selectOption('false')
    await page.getByRole('columnheader', { name: 'Price' }).getByRole('button').click()
    answer()
    await page.unrouteAll({ behavior: 'wait' })
    await page.getByText('1–20 of 22').waitFor()
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      status: 'RECEIVED',
      search: 'notebook',
      tax_deductible: 'false',
      sort: 'price',
    })
    expect(await page.getByRole('searchbox', { name: 'Search purchases' }).inputValue()).toBe('notebook')
  })

  test('is narrowed by filters that stand there as chips', async ({ app, page }) => {
    await fill(app)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    await page.getByRole('button', { name: 'Filters', exact: true }).click()
    await page.getByLabel('Ordered').check()
    await waitForRows(page, 1)
    await page.goBack()
    await waitForRows(page, 20)
    const retailer = page.getByRole('combobox', { name: 'Retailer' })
    await retailer.fill('forest')
    await page.getByRole('option', { name: 'Forest Books' }).waitFor()
    await retailer.press('Enter')
    await page.getByText('1–20 of 22').waitFor()
    await page.getByRole('combobox', { name: 'Tag' }).fill('gift')
    await page.getByRole('option', { name: 'gift' }).click()
    await waitForRows(page, 11)
    const price = page.getByRole('group', { name: 'Price' })
    await price.getByLabel('From').fill('20')
    await price.getByLabel('From').press('Tab')
    await waitForRows(page, 2)
    const chips = page.getByRole('list', { name: 'Filters that are set' })
    await chips.getByText('Retailer: Forest Books').waitFor()
    await chips.getByText('Price from: 20.00').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'inventory-filters')

    await page.reload()
    await waitForRows(page, 2)
    await chips.getByRole('button', { name: 'Remove the filter “Price from: 20.00”' }).click()
    await waitForRows(page, 11)
    await chips.getByText('Retailer: Forest Books').waitFor()
    await chips.getByRole('button', { name: 'Clear all filters' }).click()
    await waitForRows(page, 20)
    expect(new URL(page.url()).search).toBe('')
  })

  test('tells nothing yet from nothing that matches', async ({ app, page }) => {
    await page.goto('/inventory')
    await page.getByRole('heading', { name: 'No purchases yet' }).waitFor()
    await keepScreenshot(page, 'inventory-empty')
    await page.goto('/inventory?tax_deductible=true&search=nothing')
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'inventory-no-match')
    await app.client.purchases.create.mutate({ product_name: 'Lamp', price: '5', purchase_date: '2026-03-01' })
    await page
      .getByRole('region', { name: 'Nothing matches' })
      .getByRole('button', { name: 'Clear all filters' })
      .click()
    await waitForRows(page, 1)
    expect(await page.getByRole('searchbox').inputValue()).toBe('')
  })

  test('shows the columns that were chosen, tightly if that was chosen, and keeps that', async ({ app, page }) => {
    await fill(app)
    await page.goto('/inventory')
    await waitForRows(page, 20)
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Tags' }).check()
    await page.getByRole('checkbox', { name: 'Retailer' }).uncheck()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Dense' }).click()
    await page.reload()
    await waitForRows(page, 20)
    await page.getByRole('columnheader', { name: 'Tags' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Retailer' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Dense' }).getAttribute('aria-pressed')).toBe('true')
    await keepScreenshot(page, 'inventory-dense')
  })

  test('is accessible and readable, light and dark, wide and on a phone', async ({ app }) => {
    await fill(app)
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.open({ colorScheme })
      await page.goto('/inventory')
      await waitForRows(page, 20)
      await expectAccessible(page)
      await keepScreenshot(page, `inventory-${colorScheme}`)
    }
    const phone = await app.open({ viewport: { width: 360, height: 740 } })
    await phone.goto('/inventory')
    await waitForRows(phone, 20)
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    const card = phone.locator('[data-row]').first()
    expect(await card.locator('.col-date').evaluate((cell) => getComputedStyle(cell, '::before').content)).toBe(
      '"Purchase date"',
    )
    await expectAccessible(phone)
    await keepScreenshot(phone, 'inventory-phone')
  })

  test('says that it cannot be read, and is read when it can be', async ({ app, page }) => {
    await fill(app)
    app.guard.expectNoAnswer()
    await page.route('**/trpc/purchases.list**', (route) => route.abort())
    await page.goto('/inventory')
    await page.getByRole('alert').filter({ hasText: 'That did not work.' }).waitFor()
    await page.unrouteAll()
    await waitForRows(page, 20)
  })
})
