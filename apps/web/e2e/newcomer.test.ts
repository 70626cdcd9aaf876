import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { keepScreenshot, test } from './fixture.ts'

const BOUGHT = [
  ['Desk lamp', '49.90'],
  ['Office chair', '399'],
  ['Kettle', '29.95'],
] as const

const BANK = [
  'Date;Payee;Reference;Amount',
  '28.02.2026;Furniture House;Side table;79,90',
  '13.03.2026;Lights & Co;Extension cord;9,99',
  '',
].join('\r\n')

/** What somebody does who has no mouse: goes on until it has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 150; step++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  expect.fail(`The focus never came to ${target}`)
}

async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await target.waitFor({ state: 'attached' })
  await tabTo(page, target)
  await page.keyboard.press(key)
}

/** Chooses a file in the dialog of the browser that Enter opens. */
async function choose(page: Page, input: Locator, name: string, content: string): Promise<void> {
  await input.waitFor({ state: 'attached' })
  await tabTo(page, input)
  const opening = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (await opening).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
}

async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

/** A choice of a list that is not opened, by its first letters. */
async function select(page: Page, list: Locator, label: string): Promise<void> {
  await list.waitFor()
  await tabTo(page, list)
  await page.keyboard.type(label)
  await page.keyboard.press('Tab')
}

test('a newcomer without a mouse comes from nothing to a restored backup', async ({ app, page }) => {
  app.guard.expect(503)
  // Heard all the time: the dialogs of the browser are only held back while somebody listens.
  page.on('filechooser', () => {})
  await page.goto('/')
  await press(page, page.getByRole('link', { name: 'Add the first purchase' }))

  // Purchases, each with a warranty and a receipt.
  const drawer = page.locator('#purchase')
  for (const [index, [name, price]] of BOUGHT.entries()) {
    await page.waitForFunction(() => document.activeElement?.id === 'product_name')
    await page.keyboard.type(name)
    await tabTo(page, drawer.getByLabel('Price'))
    await page.keyboard.type(price)
    await press(page, drawer.getByLabel('It has a warranty'), 'Space')
    await press(page, drawer.getByRole('button', { name: '2 years' }))
    await choose(page, drawer.getByLabel('Choose files'), 'receipt.txt', `${name}, ${price}`)
    const isLast = index === BOUGHT.length - 1
    if (isLast) await page.keyboard.press('Control+Enter')
    else await press(page, drawer.getByRole('button', { name: 'Save and add another' }))
    if (!isLast) await page.getByText(`“${name}” was saved.`).first().waitFor()
  }
  await drawer.waitFor({ state: 'hidden' })
  await page.getByText('1–3 of 3').waitFor()
  await keepScreenshot(page, 'newcomer-inventory')

  await command(page, 'import')
  await choose(page, page.getByLabel('Choose a file…'), 'bank.csv', BANK)
  const read = (column: string) => page.getByRole('combobox', { name: `${column} is read as` })
  await select(page, read('Date'), 'Date of purchase')
  await select(page, read('Payee'), 'Retailer')
  await select(page, read('Reference'), 'Product')
  await select(page, read('Amount'), 'Price')
  await press(page, page.getByRole('button', { name: 'Check 2 purchases' }))
  await press(page, page.getByRole('button', { name: 'Import 2 purchases' }))
  await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()

  await command(page, 'back up')
  await press(page, page.getByRole('button', { name: 'Back up now' }))
  await page.getByText('The backup is made and proven.').first().waitFor()
  await app.client.purchases.create.mutate({ product_name: 'A mistake', price: '1', purchase_date: '2026-03-01' })
  await press(page, page.getByRole('button', { name: /^Restore the backup of/ }))
  const dialog = page.getByRole('dialog', { name: 'Restore a backup' })
  await press(page, dialog.getByRole('button', { name: 'Go on' }))
  await tabTo(page, dialog.getByLabel('Type RESTORE to go on'))
  await page.keyboard.type('RESTORE')
  await page.keyboard.press('Enter')
  await page.getByText('There are 5 purchases now.').waitFor()

  const { items } = await app.client.purchases.list.query({ limit: 100 })
  expect(items.map(({ product_name }) => product_name).sort()).toEqual(
    [...BOUGHT.map(([name]) => name), 'Side table', 'Extension cord'].sort(),
  )
  expect(items.filter(({ warranty }) => warranty?.warranty_end)).toHaveLength(BOUGHT.length)
  const whole = await Promise.all(items.map(({ id }) => app.client.purchases.get.query({ id })))
  const files = whole.flatMap(({ attachments }) => attachments)
  expect(files.map(({ filename, available }) => [filename, available])).toEqual(BOUGHT.map(() => ['receipt.txt', true]))
})
