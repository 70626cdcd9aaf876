import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { spawnServer } from '@spends/api/testing'
import { type Client, createClient, type NewPurchase } from '@spends/client'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { keepScreenshot, NOW, test } from './fixture.ts'

/** A little of everything, in two currencies, around the 15th of March 2026. */
async function fill(client: Client): Promise<Record<string, string>> {
  const [shop, market, maker] = await Promise.all([
    client.retailers.create.mutate({ name: 'Corner Shop' }),
    client.retailers.create.mutate({ name: 'Old Market' }),
    client.brands.create.mutate({ name: 'Lumen' }),
  ])
  const covered = (warranty_start: string, warranty_end: string) => ({ warranty_start, warranty_end })
  const purchases: NewPurchase[] = [
    {
      product_name: 'Desk lamp',
      price: '100.10',
      quantity: 2,
      purchase_date: '2026-03-02',
      retailer_id: shop.id,
      brand_id: maker.id,
      tax_deductible: true,
      return_by: '2026-03-20',
      warranty: covered('2026-03-02', '2028-03-02'),
    },
    {
      product_name: 'Kettle',
      price: '50.00',
      purchase_date: '2026-02-10',
      retailer_id: market.id,
      warranty: covered('2025-03-25', '2026-03-25'),
    },
    {
      product_name: 'Tent',
      price: '150.00',
      purchase_date: '2026-02-20',
      warranty: covered('2024-01-01', '2026-02-01'),
    },
    { product_name: 'desk lamp', price: '99.90', purchase_date: '2025-04-30', status: 'ORDERED' },
    { product_name: 'Ancient chair', price: '0.10', purchase_date: '2020-01-01' },
    { product_name: 'Rice cooker', price: '12000', currency_code: 'JPY', purchase_date: '2026-03-10' },
  ]
  for (const purchase of purchases) await client.purchases.create.mutate(purchase)
  return { shop: shop.id, market: market.id, maker: maker.id }
}

/** The texts of the cells of a table, row by row. */
function rowsOf(page: Page, region: string): Promise<string[][]> {
  return page
    .getByRole('region', { name: region, exact: true })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.replaceAll(/\s+/g, ' ').trim()),
      ),
    )
}

const card = (page: Page, label: string) => page.locator('.figure').filter({ hasText: label })

/** Waits until everything that is drawn and listed stands. */
async function waitForAll(page: Page): Promise<void> {
  await page.locator('canvas[aria-label^="Spending and items by month"]').waitFor()
  await page.locator('canvas[aria-label^="Warranties by month"]').waitFor()
  await page.locator('.skeleton:visible').first().waitFor({ state: 'hidden' })
  await page.waitForLoadState('networkidle')
}

describe('the first run', () => {
  test('offers four ways to begin; sample data come, and go without a trace', async ({ app, page }) => {
    const before = await Promise.all([app.client.retailers.list.query(), app.client.brands.list.query()])
    await page.goto('/')
    const welcome = page.getByRole('region', { name: 'Welcome. Nothing is recorded yet.' })
    await welcome.waitFor()
    const ways = await welcome.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
    expect(ways).toEqual(['/inventory?id=new', '/import', '/settings#data'])

    await welcome.getByRole('button', { name: 'Try it with sample data' }).click()
    await page.getByText('This is sample data.').waitFor()
    expect(await page.getByText('42 sample purchases were made.').count()).toBeGreaterThan(0)
    const { total, items } = await app.client.purchases.list.query({ limit: 1, tag: 'sample' })
    expect([total, items[0]?.currency_code]).toEqual([42, 'USD'])
    // What there was to choose from is still there.
    const names = (await app.client.retailers.list.query()).items.map(({ name }) => name)
    expect(names).toEqual(before[0].items.map(({ name }) => name))
    await waitForAll(page)
    expect(await page.getByRole('link', { name: '3 warranties end within 30 days' }).getAttribute('href')).toBe(
      '/warranties?tab=expiring',
    )
    // Sixteen times as much is no percentage: what it was says more.
    expect((await card(page, 'Total spent').textContent())?.replaceAll(/\s+/g, ' ').trim()).toBe(
      'Total spent $10,491.25 $995.81 this month $59.90 Feb 1 – 15',
    )
    await keepScreenshot(page, 'dashboard-sample-light')

    // Settings that were changed meanwhile are no reason to keep it.
    await app.client.settings.update.mutate({ date_format: 'MDY' })
    await page.getByRole('button', { name: 'Remove it' }).click()
    await welcome.waitFor()
    expect(await page.getByText('This is sample data.').count()).toBe(0)
    expect((await app.client.purchases.list.query()).total).toBe(0)
    expect(await Promise.all([app.client.retailers.list.query(), app.client.brands.list.query()])).toEqual(before)
  })

  test('does not remove sample data that somebody changed, and shows where they are', async ({ app, page }) => {
    await page.goto('/')
    await page.getByRole('button', { name: 'Try it with sample data' }).click()
    await page.getByText('This is sample data.').waitFor()
    const { items } = await app.client.purchases.list.query({ search: 'Washing machine' })
    await app.client.purchases.update.mutate({ id: items[0]?.id ?? '', notes: 'Mine by now' })
    app.guard.expect(409)
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByRole('alert').getByText('"Washing machine"').waitFor()
    await page.getByRole('link', { name: 'Show what carries the tag “sample”' }).click()
    await page.waitForURL('**/inventory?tag=sample')
  })
})

describe('a filled dashboard', () => {
  test('says exactly what there is, one currency at a time, and leads to it', async ({ app, page }) => {
    const ids = await fill(app.client)
    await page.goto('/')
    await waitForAll(page)

    const cards = await page
      .locator('.figure')
      .evaluateAll((all) => all.map((one) => one.textContent.replaceAll(/\s+/g, ' ').trim()))
    expect(cards).toEqual([
      // 2 x 100.10 + 50.00 + 150.00 + 99.90 + 0.10, of which 200.20 in March and 50.00 in February up to the 15th.
      'Total spent $500.20 $200.20 this month +300% against Feb 1 – 15',
      'Items 6 2 this month +100% against Feb 1 – 15',
      'Average price $83.37 $100.10 this month +100% against Feb 1 – 15',
      'Active warranties 2 of 3 warranties +1 since 2026-02-28',
      'Expiring soon 1 within 30 days',
      'Expired warranties 1 0 this month, 1 in Feb 2026',
      'Tax-deductible 1 1 this month nothing Feb 1 – 15',
    ])
    const links = await page.locator('.figure a').evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    expect(links).toEqual([
      '/inventory?currency_code=USD',
      '/inventory?currency_code=USD',
      '/inventory?currency_code=USD',
      '/warranties?tab=active',
      '/warranties?tab=expiring',
      '/warranties?tab=expired',
      '/inventory?tax_deductible=true&currency_code=USD',
    ])

    const notices = page.getByRole('region', { name: 'Needs attention' }).getByRole('listitem')
    expect((await notices.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      '1 warranty ends within 30 days Kettle (10 days left)',
      '1 return window closes within 14 days Desk lamp (2026-03-20)',
    ])
    expect(await notices.getByRole('link').nth(1).getAttribute('href')).toBe(
      '/inventory?return_from=2026-03-15&return_to=2026-03-29',
    )

    const retailers = page.getByRole('region', { name: 'Retailers' })
    expect(
      (await retailers.locator('.ranking li').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')),
    ).toEqual([
      'No retailer $250.00 50% 3 purchases',
      'Corner Shop $200.20 40% 1 purchase',
      'Old Market $50.00 10% 1 purchase',
    ])
    expect(await retailers.getByRole('link', { name: 'No retailer' }).getAttribute('href')).toBe(
      '/inventory?has_retailer=false&currency_code=USD',
    )
    expect(await retailers.getByRole('link', { name: 'Corner Shop' }).getAttribute('href')).toBe(
      `/inventory?retailer_id=${ids.shop}&currency_code=USD`,
    )
    expect(await rowsOf(page, 'Top products')).toEqual([
      ['desk lamp', '3', '$100.03', '$300.10'],
      ['Tent', '1', '$150.00', '$150.00'],
      ['Kettle', '1', '$50.00', '$50.00'],
      ['Ancient chair', '1', '$0.10', '$0.10'],
    ])
    // The recent ones are of every currency, each in its own.
    expect((await rowsOf(page, 'Recent purchases')).map((row) => [row[0], row.at(-1)])).toEqual([
      ['Rice cooker', '¥12,000'],
      ['Desk lamp Lumen', '$200.20'],
      ['Tent', '$150.00'],
      ['Kettle', '$50.00'],
      ['desk lamp', '$99.90'],
      ['Ancient chair', '$0.10'],
    ])
    expect((await rowsOf(page, 'Recent warranties')).map(([name, , end, left]) => [name, end, left])).toEqual([
      ['Tent', '2026-02-01', 'ended 42 days ago'],
      ['Kettle', '2026-03-25', '10 days left'],
      ['Desk lamp', '2028-03-02', '718 days left'],
    ])

    const spending = page.getByRole('region', { name: 'Spending and items' })
    expect(await spending.getByRole('img').getAttribute('aria-label')).toBe(
      'Spending and items by month, April 2025 to March 2026. Most was spent in March 2026: $200.20.',
    )
    await spending.getByRole('button', { name: 'View as table' }).click()
    const months = await rowsOf(page, 'Spending and items')
    expect([months.length, months[0], months[10], months[11]]).toEqual([
      12,
      ['Apr 2025', '$99.90', '1'],
      ['Feb 2026', '$200.00', '2'],
      ['Mar 2026', '$200.20', '2'],
    ])
    expect(await spending.getByRole('link', { name: 'Feb 2026' }).getAttribute('href')).toBe(
      '/inventory?date_from=2026-02-01&date_to=2026-02-28&currency_code=USD',
    )

    await page.getByLabel('Currency').selectOption('JPY')
    await page.waitForURL('**/?currency_code=JPY')
    await card(page, 'Total spent').getByText('¥12,000', { exact: true }).waitFor()
    expect(await page.getByLabel('Currency').locator('option').allInnerTexts()).toEqual([
      'JPY · ¥12,000',
      'USD · $500.20',
    ])
    // A warranty belongs to no currency, and its list shows all of them.
    expect(await card(page, 'Active warranties').locator('.figure-value:visible').textContent()).toBe('2')
    await page.goBack()
    await card(page, 'Total spent').getByText('$500.20', { exact: true }).waitFor()

    await card(page, 'Tax-deductible').getByRole('link').click()
    await page.waitForURL('**/inventory?tax_deductible=true&currency_code=USD')
  })

  test('shows what settings ask for, in German, and the currency that there is', async ({ app, page }) => {
    await app.client.settings.update.mutate({
      locale: 'de-DE',
      date_format: 'DMY',
      dashboard_cards: ['expired_warranties', 'total_spent'],
    })
    await app.client.purchases.create.mutate({
      product_name: 'Lampe',
      price: '1299.90',
      currency_code: 'EUR',
      purchase_date: '2026-03-14',
    })
    // An address that names no currency is read as if it named none.
    app.guard.expect(422)
    await page.goto('/?currency_code=ABC')
    await card(page, 'Ausgaben gesamt').getByText('1.299,90 €', { exact: true }).waitFor()
    expect(await page.locator('.figure-label').allInnerTexts()).toEqual(['Abgelaufene Garantien', 'Ausgaben gesamt'])
    expect((await rowsOf(page, 'Letzte Käufe'))[0]?.[2]).toBe('14.03.2026')
    expect(await page.getByText('Noch ist keine Garantie erfasst.').first().isVisible()).toBe(true)
  })

  test('stands still while it loads, and is accessible, light and dark, narrow and wide', async ({ app }) => {
    await fill(app.client)
    const page = await app.open({ viewport: { width: 1280, height: 900 } })
    // The first visit learns how much needs attention.
    await page.goto('/')
    await waitForAll(page)
    await page.reload()
    await waitForAll(page)
    expect(await page.evaluate(shiftOfLayout)).toBeLessThan(0.02)
    await keepScreenshot(page, 'dashboard-filled-light')
    for (const button of await page.getByRole('button', { name: 'View as table' }).all()) await button.click()
    await expectAccessible(page)
    await keepScreenshot(page, 'dashboard-tables-light')

    const phone = await app.open({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' })
    await phone.goto('/')
    await waitForAll(phone)
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await phone.setViewportSize({ width: 360, height: 740 })
    await keepScreenshot(phone, 'dashboard-filled-360-dark')
    await phone.setViewportSize({ width: 2560, height: 1200 })
    await keepScreenshot(phone, 'dashboard-filled-2560-dark')
    await expectAccessible(phone)
  })

  test('draws its charts anew in the colours of another theme', async ({ app }) => {
    await fill(app.client)
    const page = await app.open({ colorScheme: 'light' })
    await page.goto('/')
    await waitForAll(page)
    const picture = () =>
      page
        .locator('canvas')
        .first()
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const light = await picture()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(picture).not.toBe(light)
  })
})

/** How much of what was seen moved since the page began, as browsers measure it. */
function shiftOfLayout(): Promise<number> {
  return new Promise((resolve) => {
    let sum = 0
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
    })
    observer.observe({ type: 'layout-shift', buffered: true })
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
  })
}

describe('a part that fails', () => {
  test('fails alone, says so, and is read again on its own', async ({ app }) => {
    const folder = await mkdtemp(join(tmpdir(), 'spends-dashboard-'))
    const server = await spawnServer({ env: { SPENDS_NOW: NOW, LOG_LEVEL: 'silent', DATA_DIR: folder } })
    try {
      await fill(createClient({ url: server.url }))
      const page = await app.open({ baseURL: server.url })
      // The instance itself cannot read its warranties; figures of them are kept elsewhere.
      using database = new DatabaseSync(join(folder, 'spends_tracker.db'))
      database.exec('alter table warranties rename to lost')
      // And it has nowhere to put backups.
      await rm(join(folder, 'backups'), { recursive: true, force: true })
      await writeFile(join(folder, 'backups'), 'in the way')
      app.guard.expect(500)
      await page.goto('/')
      const failed = page.getByRole('region', { name: 'Recent warranties' })
      await failed.getByRole('alert').getByText('That did not work.').waitFor()
      await waitForAll(page)
      await card(page, 'Total spent').getByText('$500.20', { exact: true }).waitFor()
      expect((await rowsOf(page, 'Top products')).length).toBe(4)
      const backup = page.getByRole('region', { name: 'Needs attention' }).getByRole('link')
      expect([await backup.textContent(), await backup.getAttribute('href')]).toEqual([
        'Something is wrong with the backups',
        '/settings#data',
      ])
      await expectAccessible(page)
      await keepScreenshot(page, 'dashboard-failed')

      database.exec('alter table lost rename to warranties')
      await failed.getByRole('button', { name: 'Try again' }).click()
      await failed.getByRole('alert').waitFor({ state: 'hidden' })
      expect((await rowsOf(page, 'Recent warranties')).length).toBe(3)
      // The others wait for their own button.
      expect(await page.getByRole('region', { name: 'Recent purchases' }).getByRole('alert').isVisible()).toBe(true)
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
