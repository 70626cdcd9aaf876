import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

const drawerOf = (page: Page) => page.locator('#purchase')
const idOf = (page: Page) => new URL(page.url()).searchParams.get('id')

function makeLamp({ client }: App) {
  return client.purchases.create.mutate({
    product_name: 'Desk lamp',
    price: '49.90',
    purchase_date: '2026-03-01',
    notes: 'on the desk',
  })
}

describe('a new purchase', () => {
  test('is written as its place writes, understood, and stands in the list', async ({ app, page }) => {
    await app.client.settings.update.mutate({ locale: 'de-DE', base_currency: 'EUR', date_format: 'DMY' })
    await page.goto('/inventory')
    await page.getByRole('button', { name: 'Kauf hinzufügen', exact: true }).click()
    const drawer = drawerOf(page)
    const name = drawer.getByLabel('Produktname')
    await name.waitFor()
    expect(idOf(page)).toBe('new')
    await page.waitForFunction(() => document.activeElement?.id === 'product_name')
    expect(await drawer.getByLabel('Währung').inputValue()).toBe('EUR')

    await name.fill('Kugelschreiber')
    await drawer.getByLabel('Preis').fill('19,999')
    await drawer.getByText('Höchstens 2 Nachkommastellen').waitFor()
    await drawer.getByLabel('Preis').fill('19,99')
    await drawer.getByText('Verstanden als 19,99 €').waitFor()
    await drawer.getByLabel('Menge').fill('3')
    await drawer.getByText('3 × 19,99 € = 59,97 €').waitFor()
    await drawer.getByLabel('Es gibt eine Garantie').check()
    await drawer.getByRole('button', { name: '2 Jahre' }).click()
    expect(await drawer.getByLabel('Ende').inputValue()).toBe('2028-03-15')
    await drawer.getByRole('button', { name: '14 Tage' }).click()
    expect(await drawer.getByLabel('Rückgabe bis').inputValue()).toBe('2026-03-29')
    await drawer.getByRole('button', { name: 'Speichern', exact: true }).click()

    await drawer.waitFor({ state: 'hidden' })
    const row = page.getByRole('row', { name: 'Kugelschreiber' })
    await row.getByText('19,99 €', { exact: true }).waitFor()
    await row.getByText('× 3 = 59,97 €').waitFor()
    await row.getByText('15.03.2026').waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Kugelschreiber')
    expect(idOf(page)).toBeNull()
    const { items } = await app.client.purchases.list.query({})
    expect(items[0]).toMatchObject({ price: '19.99', quantity: 3, currency_code: 'EUR', return_by: '2026-03-29' })
    expect(items[0]?.warranty).toMatchObject({ warranty_start: '2026-03-15', warranty_end: '2028-03-15' })
  })

  test('is made by keyboard alone, with a retailer, a brand and tags that were not there', async ({ app, page }) => {
    await app.client.brands.create.mutate({ name: 'Northlight' })
    await page.goto('/inventory')
    await page.getByRole('heading', { name: 'No purchases yet' }).waitFor()
    await page.locator('#add-purchase').focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.id === 'product_name')
    await page.keyboard.type('Desk lamp')
    await page.keyboard.press('Tab')
    await page.keyboard.type('north')
    await page.getByRole('option', { name: 'Northlight' }).waitFor()
    await page.keyboard.press('Enter')
    expect(await page.getByRole('combobox', { name: 'Brand' }).inputValue()).toBe('Northlight')

    await page.getByRole('combobox', { name: 'Tags' }).focus()
    await page.keyboard.type('home office,gift,')
    await drawerOf(page).getByRole('button', { name: 'Remove the tag gift' }).waitFor()
    await page.keyboard.press('Backspace')
    await drawerOf(page).getByRole('button', { name: 'Remove the tag gift' }).waitFor({ state: 'detached' })

    await page.getByRole('textbox', { name: 'Price' }).focus()
    await page.keyboard.type('49.9')
    const retailer = page.getByRole('combobox', { name: 'Retailer' })
    await retailer.focus()
    await page.keyboard.type('Forest Books')
    await page.getByRole('option', { name: 'Create “Forest Books”' }).waitFor()
    expect(await retailer.getAttribute('aria-activedescendant')).toBe('retailer-list-0')
    // Escape closes the list, and only the list.
    await page.keyboard.press('Escape')
    expect(await retailer.getAttribute('aria-expanded')).toBe('false')
    await page.keyboard.press('ArrowDown')
    await page.getByRole('option', { name: 'Create “Forest Books”' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('#retailer')?.getAttribute('aria-busy') !== 'true')
    await page.keyboard.press('Control+Enter')
    await drawerOf(page).waitFor({ state: 'hidden' })

    const { items } = await app.client.purchases.list.query({})
    expect(items).toMatchObject([
      { product_name: 'Desk lamp', price: '49.90', tags: ['home office'], retailer: { name: 'Forest Books' } },
    ])
    expect(items[0]?.brand?.name).toBe('Northlight')
  })

  test('follows another one, or is a copy of one', async ({ app, page }) => {
    await makeLamp(app)
    await page.goto('/inventory?id=new')
    const drawer = drawerOf(page)
    await drawer.getByLabel('Product name').fill('Pen')
    await drawer.getByLabel('Price').fill('2')
    await drawer.getByLabel('Purchase date').fill('2026-02-03')
    await drawer.getByRole('button', { name: 'Save and add another' }).click()
    await page.waitForFunction(() => (document.querySelector('#product_name') as HTMLInputElement)?.value === '')
    expect(await drawer.getByLabel('Purchase date').inputValue()).toBe('2026-02-03')
    await drawer.getByRole('button', { name: 'Cancel' }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Duplicate Desk lamp' }).click()
    await page.waitForFunction(
      () => (document.querySelector('#product_name') as HTMLInputElement)?.value === 'Desk lamp',
    )
    expect(await drawer.getByLabel('Purchase date').inputValue()).toBe('2026-03-15')
    await page.keyboard.press('Control+Enter')
    await drawer.waitFor({ state: 'hidden' })
    const { items } = await app.client.purchases.list.query({ sort: 'created_at', order: 'asc' })
    expect(items.map(({ product_name }) => product_name)).toEqual(['Desk lamp', 'Pen', 'Desk lamp'])
  })

  test('can be in every currency that is offered', async ({ app, page }) => {
    await page.goto('/inventory?id=new')
    await page.locator('#currency_code option').nth(20).waitFor({ state: 'attached' })
    const codes = await page
      .locator('#currency_code option')
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value))
    expect(codes.length).toBeGreaterThan(100)
    const made = await Promise.all(
      codes.map((currency_code) =>
        app.client.purchases.create.mutate({
          product_name: 'x',
          price: '1',
          purchase_date: '2026-01-01',
          currency_code,
        }),
      ),
    )
    expect(made.map(({ currency_code }) => currency_code)).toEqual(codes)
  })
})

describe('a purchase in the drawer', () => {
  test('is opened from a filtered list, left by Back, and linked to', async ({ app, page }) => {
    const lamp = await makeLamp(app)
    await app.client.purchases.create.mutate({ product_name: 'Pen', price: '1', purchase_date: '2026-01-01' })
    await page.goto('/inventory?search=lamp')
    await page.getByRole('link', { name: 'Desk lamp' }).click()
    const drawer = drawerOf(page)
    await drawer.getByRole('heading', { name: 'Desk lamp' }).waitFor()
    expect(idOf(page)).toBe(lamp.id)
    await page.goBack()
    await drawer.waitFor({ state: 'hidden' })
    expect(new URL(page.url()).search).toBe('?search=lamp')
    expect(await page.locator('[data-row]').count()).toBe(1)
    await page.goForward()
    await drawer.getByRole('heading', { name: 'Desk lamp' }).waitFor()

    // What was changed is not lost without a question, whichever way leads out.
    await drawer.locator('#notes').fill('by the window')
    await page.keyboard.press('Escape')
    const question = page.getByRole('dialog', { name: 'Discard what you changed?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    expect(await drawer.locator('#notes').inputValue()).toBe('by the window')
    await page.goBack()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await page.waitForURL(`**/inventory?search=lamp&id=${lamp.id}`)
    await drawer.getByRole('button', { name: 'Close' }).click()
    await question.getByRole('button', { name: 'Discard' }).click()
    await drawer.waitFor({ state: 'hidden' })
    expect((await app.client.purchases.get.query({ id: lamp.id })).notes).toBe('on the desk')

    app.guard.expect(404)
    await page.goto('/inventory?id=019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071')
    await drawer.getByText('This purchase is not here').waitFor()
    await drawer.getByRole('button', { name: 'Close' }).first().click()
    await drawer.waitFor({ state: 'hidden' })
  })

  test('is changed where it stands, says what is wrong at its field, and is deleted', async ({ app, page }) => {
    const lamp = await makeLamp(app)
    await page.goto(`/inventory?id=${lamp.id}`)
    const drawer = drawerOf(page)
    await drawer.getByLabel('Product name').fill('')
    await drawer.getByLabel('Link').fill('no address')
    await page.keyboard.press('Control+Enter')
    await drawer.getByText('Write what it is').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'product_name')

    app.guard.expect(422)
    await drawer.getByLabel('Product name').fill('Floor lamp')
    await drawer.getByLabel('It has a warranty').check()
    await drawer.getByLabel('Ends').fill('2026-01-01')
    await page.keyboard.press('Control+Enter')
    await drawer.getByText('Must be an http or https address').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'link')
    expect(await drawer.getByLabel('Link').getAttribute('aria-invalid')).toBe('true')
    expect(await drawer.getByLabel('Ends').getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)

    await drawer.getByLabel('Link').fill('https://shop.example/lamp')
    await drawer.getByRole('button', { name: '3 years' }).click()
    await page.keyboard.press('Control+Enter')
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Floor lamp' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Floor lamp')

    await page.keyboard.press('Enter')
    await drawer.getByRole('heading', { name: 'Floor lamp' }).waitFor()
    await drawer.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('dialog', { name: 'Delete “Floor lamp”?' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('“Floor lamp” was deleted.').first().waitFor()
    await page.getByRole('heading', { name: 'No purchases yet' }).waitFor()
  })

  test('that someone else changed is taken from there, or written over', async ({ app, page }) => {
    const lamp = await makeLamp(app)
    app.guard.expect(412)
    await page.goto(`/inventory?id=${lamp.id}`)
    const drawer = drawerOf(page)
    const notes = drawer.locator('#notes')
    await notes.fill('mine')
    await app.client.purchases.update.mutate({ id: lamp.id, notes: 'theirs', price: '59.90' })
    await page.keyboard.press('Control+Enter')
    const conflict = drawer.getByRole('alert', { name: 'Someone else changed this purchase meanwhile' })
    await conflict.getByRole('row', { name: 'Notes mine theirs' }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'inventory-conflict')
    await conflict.getByRole('button', { name: 'Take what was saved there' }).click()
    expect(await notes.inputValue()).toBe('theirs')
    await page.locator('.col-price').getByText('$59.90').waitFor()

    await notes.fill('mine')
    await app.client.purchases.update.mutate({ id: lamp.id, notes: 'theirs again', quantity: 2 })
    await page.keyboard.press('Control+Enter')
    await conflict.getByRole('button', { name: 'Save mine over it' }).click()
    await drawer.waitFor({ state: 'hidden' })
    expect(await app.client.purchases.get.query({ id: lamp.id })).toMatchObject({
      notes: 'mine',
      price: '59.90',
      quantity: 2,
    })
  })

  test('that was deleted meanwhile can be kept as a new one', async ({ app, page }) => {
    const lamp = await makeLamp(app)
    await page.goto(`/inventory?id=${lamp.id}`)
    const drawer = drawerOf(page)
    await drawer.locator('#notes').fill('still mine')
    await app.client.purchases.delete.mutate({ id: lamp.id })
    app.guard.expect(404)
    await page.keyboard.press('Control+Enter')
    await drawer.getByRole('button', { name: 'Keep as a new purchase' }).click()
    await page.keyboard.press('Control+Enter')
    await drawer.waitFor({ state: 'hidden' })
    const { items } = await app.client.purchases.list.query({})
    expect(items).toMatchObject([{ product_name: 'Desk lamp', notes: 'still mine' }])
  })

  test('is accessible, light and dark, and fits a phone', async ({ app }) => {
    const lamp = await app.client.purchases.create.mutate({
      product_name: 'Desk lamp',
      price: '49.90',
      purchase_date: '2026-03-01',
      tags: ['home office', 'gift'],
      warranty: { warranty_start: '2026-03-01', warranty_end: '2028-03-01' },
    })
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.open({ colorScheme })
      await page.goto(`/inventory?id=${lamp.id}`)
      await drawerOf(page).getByRole('heading', { name: 'Desk lamp' }).waitFor()
      await expectAccessible(page)
      await keepScreenshot(page, `inventory-drawer-${colorScheme}`)
    }
    const phone = await app.open({ viewport: { width: 360, height: 740 } })
    await phone.goto('/inventory?id=new')
    await drawerOf(phone).getByLabel('Product name').waitFor()
    expect(await drawerOf(phone).evaluate((drawer) => drawer.scrollWidth <= 360)).toBe(true)
    await keepScreenshot(phone, 'inventory-drawer-phone')
  })
})
