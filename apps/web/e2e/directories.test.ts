import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

const bought = { price: '10.00', purchase_date: '2026-03-01' }

/** Two retailers of our own, one of them in use, and nothing of what is there from the start. */
async function addRetailers({ client }: App) {
  const { items } = await client.retailers.list.query({})
  await Promise.all(items.map(({ id }) => client.retailers.delete.mutate({ id })))
  const corner = await client.retailers.create.mutate({ name: 'Corner Shop', url: 'https://corner.example/' })
  const market = await client.retailers.create.mutate({ name: 'Market' })
  for (const product_name of ['Lamp', 'Chair'])
    await client.purchases.create.mutate({ ...bought, product_name, retailer_id: corner.id })
  return { corner, market }
}

describe('retailers', () => {
  test('are added, renamed and deleted by keyboard alone', async ({ app, page }) => {
    await addRetailers(app)
    await page.goto('/retailers')
    await page.getByText('2 retailers').waitFor()
    await page.getByRole('button', { name: 'Add a retailer' }).press('Enter')
    await page.keyboard.type('Attic Antiques')
    await page.keyboard.press('Control+Enter')
    const row = page.getByRole('row', { name: 'Attic Antiques' })
    await row.waitFor()
    // The work goes on at the row that was made.
    await expect.poll(() => row.evaluate((element) => element === document.activeElement)).toBe(true)

    await page.getByRole('button', { name: 'Edit Attic Antiques' }).press('Enter')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('Antiques')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Delete Antiques' }).press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter')
    await page.getByText('2 retailers').waitFor()
    expect((await app.client.retailers.list.query({ search: 'antiques' })).total).toBe(0)
  })

  test('say which field is wrong, and which name is taken', async ({ app, page }) => {
    await addRetailers(app)
    app.guard.expect(422, 409)
    await page.goto('/retailers')
    await page.getByRole('button', { name: 'Edit Market' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('')
    await dialog.getByLabel('Website').fill('ftp://market.example')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Must not be empty').waitFor()
    await dialog.getByText(/^Must be an http/).waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Name').fill('CORNER shop')
    await dialog.getByLabel('Website').fill('')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('There is already a retailer named').waitFor()
    expect((await app.client.retailers.list.query({})).items.map(({ name }) => name)).toEqual(['Corner Shop', 'Market'])
  })

  test('in use hand their purchases on before they go', async ({ app, page }) => {
    const { market } = await addRetailers(app)
    await page.goto('/retailers')
    expect(await page.getByRole('link', { name: '2 purchases at Corner Shop' }).getAttribute('href')).toMatch(
      /^\/inventory\?retailer_id=/,
    )
    await keepScreenshot(page, 'retailers-light')
    await page.getByRole('button', { name: 'Delete Corner Shop' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Corner Shop' })
    await dialog.getByText('2 purchases name Corner Shop.').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'retailers-delete-light')
    await dialog.getByLabel('Move its purchases to').selectOption('Market')
    await dialog.getByRole('button', { name: 'Move and delete' }).click()
    await page.locator('.card-head').getByText('1 retailer').waitFor()
    expect((await app.client.purchases.list.query({ retailer_id: market.id })).total).toBe(2)
  })

  test('say it where somebody else was quicker', async ({ app, page }) => {
    const { market } = await addRetailers(app)
    await page.goto('/retailers')
    await page.getByRole('button', { name: 'Delete Market' }).click()
    await app.client.retailers.delete.mutate({ id: market.id })
    app.guard.expect(404)
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alert').getByText('There is no such retailer').waitFor()
    await page.locator('.card-head').getByText('1 retailer').waitFor()
  })

  test('are found by a part of their name; what is not found can be added under it', async ({ app, page }) => {
    await addRetailers(app)
    await page.goto('/retailers')
    await page.getByRole('searchbox').fill('mark')
    await page.locator('.card-head').getByText('1 retailer').waitFor()
    await page.getByRole('searchbox').fill('Nowhere')
    await page.getByText('No retailer has a name like that').waitFor()
    await page.getByRole('button', { name: 'Add a retailer' }).first().click()
    const name = page.getByRole('dialog').getByLabel('Name')
    expect(await name.inputValue()).toBe('Nowhere')
    // Nothing was written, so nothing is asked.
    await page.keyboard.press('Escape')
    await name.waitFor({ state: 'hidden' })
    await page.reload()
    await page.getByText('No retailer has a name like that').waitFor()
    await page.getByRole('button', { name: 'Add a retailer' }).first().click()
    await name.fill('Nowhere at all')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click()
    expect(await name.inputValue()).toBe('Nowhere at all')
  })
})

test('brands are the same thing', async ({ app }) => {
  const { client } = app
  const brand = await client.brands.create.mutate({ name: 'Acme' })
  await client.purchases.create.mutate({ ...bought, product_name: 'Anvil', brand_id: brand.id })
  const page = await app.open({ colorScheme: 'dark', viewport: { width: 360, height: 740 } })
  await page.goto('/brands')
  await page.getByRole('searchbox').fill('acm')
  await page.locator('.card-head').getByText('1 brand').waitFor()
  expect(await page.getByRole('link', { name: '1 purchase of Acme' }).getAttribute('href')).toBe(
    `/inventory?brand_id=${brand.id}`,
  )
  await expectAccessible(page)
  await keepScreenshot(page, 'brands-dark-360')
})
