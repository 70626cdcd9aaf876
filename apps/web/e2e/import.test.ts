import type { Locator, Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type App, keepScreenshot, test } from './fixture.ts'

/** As a bank writes it: semicolons, decimal commas, days first, Windows-1252. */
const BANK = latin1(
  [
    'Buchungstag;Empfänger;Verwendungszweck;Betrag;Währung',
    '28.02.2026;Möbelhaus Grün;Bürostuhl „Köln“;1.299,90;EUR',
    '01.03.2026;Elektro Weiß;Schreibtischlampe;49,90;EUR',
    '13.03.2026;Elektro Weiß;Verlängerungskabel;9,99;EUR',
    '14.03.2026;Bäckerei Süß;Kaffeemühle;umsonst;EUR',
    '',
  ].join('\r\n'),
)

/** German text as Windows-1252 has it. */
function latin1(text: string): Buffer {
  return Buffer.from(text.replaceAll('„', '\u0084').replaceAll('“', '\u0093'), 'latin1')
}

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) }
  await page.getByLabel('Choose a file…').setInputFiles(file)
}

async function countPurchases(app: App): Promise<number> {
  return (await app.client.purchases.list.query({ limit: 1 })).total
}

function facts(page: Page): Locator {
  return page.locator('.import-facts')
}

describe('a file of a bank', () => {
  test('is mapped by hand, checked, imported, not imported twice, and taken back', async ({ app, page }) => {
    await page.goto('/import')
    await page.getByText('Nothing has been imported yet.').waitFor()
    await keepScreenshot(page, 'import-file-light')
    await choose(page, 'Umsätze März.csv', BANK)

    // What was found stands in words.
    await page.getByRole('heading', { name: 'Umsätze März.csv' }).waitFor()
    await facts(page).getByText('Windows-1252').waitFor()
    await facts(page).getByText('Semicolon').waitFor()
    await page.getByRole('option', { name: 'Found: Comma (1.299,90)' }).waitFor({ state: 'attached' })

    // Each column is what one says; two cannot be the same.
    const read = (column: string) => page.getByRole('combobox', { name: `${column} is read as` })
    await read('Verwendungszweck').selectOption({ label: 'Product' })
    await read('Betrag').selectOption({ label: 'Price' })
    await read('Buchungstag').selectOption({ label: 'Date of purchase' })
    await read('Währung').selectOption({ label: 'Currency' })
    await read('Empfänger').selectOption({ label: 'Product' })
    await page.getByRole('option', { name: 'Found: Day first (31.12.2026)' }).waitFor({ state: 'attached' })
    await page.getByText('Product is read from “Verwendungszweck” already').waitFor()
    await page.getByRole('button', { name: 'Check 4 purchases' }).click()
    await page.getByText('Two columns are read as the same field.').waitFor()
    await read('Empfänger').selectOption({ label: 'Retailer' })
    const preview = page.getByRole('region', { name: 'The first rows' })
    await preview.getByRole('cell', { name: '€1,299.90' }).waitFor()
    await preview.getByRole('cell', { name: 'Möbelhaus Grün' }).waitFor()
    await preview.getByText('is no amount').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'import-columns-light')
    await page.reload()
    await preview.getByRole('cell', { name: 'Möbelhaus Grün' }).waitFor()
    expect(await read('Empfänger').inputValue()).toBe('retailer')

    // The check changes nothing and names every wrong value with its line.
    await page.getByRole('button', { name: 'Check 4 purchases' }).click()
    await page.getByRole('heading', { name: 'What would happen' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: '3are new' }).waitFor()
    const errors = page.getByRole('region', { name: 'Rows that are wrong' })
    await errors.getByRole('row', { name: '5 Betrag umsonst is no amount' }).waitFor()
    expect(await countPurchases(app)).toBe(0)
    await expectAccessible(page)
    await keepScreenshot(page, 'import-check-light')
    const csv = await page.getByRole('link', { name: 'All errors as CSV' }).getAttribute('href')
    expect(await (await fetch(new URL(csv ?? '', app.url))).text()).toBe(
      'row,column,value,message\r\n5,Betrag,umsonst,is no amount\r\n',
    )

    // All or none is possible, and says what it led to.
    await page.getByLabel('Import nothing then').check()
    await page.getByText('As it stands, nothing would be imported').waitFor()
    await page.getByRole('button', { name: 'Import 3 purchases' }).click()
    await page.getByRole('heading', { name: 'Nothing was imported' }).waitFor()
    expect(await countPurchases(app)).toBe(0)
    await page.getByRole('button', { name: 'Back to the check' }).click()
    await page.getByLabel('Leave them out').check()
    await page.getByRole('button', { name: 'Import 3 purchases' }).click()
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
    await page.getByRole('listitem').filter({ hasText: '3purchases added' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: '2new retailers' }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'import-report-light')
    const { items } = await app.client.purchases.list.query({ search: 'Bürostuhl' })
    expect(items).toMatchObject([
      {
        product_name: 'Bürostuhl „Köln“',
        price: '1299.90',
        currency_code: 'EUR',
        purchase_date: '2026-02-28',
        retailer: { name: 'Möbelhaus Grün' },
      },
    ])

    // The mapping is remembered, and nothing comes twice.
    await page.getByRole('button', { name: 'Import another file' }).click()
    await choose(page, 'Umsätze März.csv', BANK)
    await facts(page).getByText('an earlier import').waitFor()
    await page.getByRole('button', { name: 'Check 4 purchases' }).click()
    await page.getByRole('listitem').filter({ hasText: '3are there already' }).waitFor()
    await page.getByLabel('Bring in the values of the file').waitFor()
    await page.getByRole('button', { name: 'Import all the same' }).click()
    await page.getByRole('listitem').filter({ hasText: '0purchases added' }).waitFor()
    expect(await countPurchases(app)).toBe(3)

    // Taking back is refused by name where something was changed since.
    const list = page.getByRole('region', { name: 'Earlier imports' })
    const [chair] = items
    if (!chair) throw new Error('There is no chair')
    const change = { id: chair.id, version: chair.version }
    const changed = await app.client.purchases.update.mutate({ ...change, notes: 'It squeaks' })
    const undo = list.getByRole('button', { name: /^Undo: Umsätze März.csv/ })
    await undo.click()
    const dialog = page.getByRole('dialog', { name: 'Undo this import?' })
    await dialog.getByText('The 3 purchases that it added are removed.').waitFor()
    app.guard.expect(409)
    await dialog.getByRole('button', { name: 'Undo this import' }).click()
    await list.getByRole('alert').getByText('"Bürostuhl „Köln“" was changed since').waitFor()
    await keepScreenshot(page, 'import-undo-refused-light')
    expect(await countPurchases(app)).toBe(3)
    expect(changed.notes).toBe('It squeaks')
  })

  test('is taken back from its report', async ({ app, page }) => {
    const file = 'product_name,price,currency_code,purchase_date,retailer\nLamp,49.90,EUR,2026-01-31,Corner shop\n'
    await page.goto('/import')
    await choose(page, 'lamp.csv', file)
    await page.getByRole('button', { name: 'Check 1 purchase' }).click()
    await page.getByRole('button', { name: 'Import 1 purchase' }).click()
    await page.getByRole('heading', { name: 'Imported', exact: true }).waitFor()
    expect(await countPurchases(app)).toBe(1)
    await page.getByRole('button', { name: 'Undo this import' }).click()
    const dialog = page.getByRole('dialog', { name: 'Undo this import?' })
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Undo this import' }).click()
    await page.getByRole('heading', { name: 'This import was undone' }).waitFor()
    await page.getByRole('region', { name: 'Earlier imports' }).getByText('Undone', { exact: true }).waitFor()
    expect(await countPurchases(app)).toBe(0)
    expect((await app.client.retailers.list.query({ search: 'Corner' })).total).toBe(0)
    // The report is still there, without a second undo.
    await page.reload()
    await page.getByRole('heading', { name: 'This import was undone' }).waitFor()
    expect(await page.getByRole('button', { name: 'Undo this import' }).count()).toBe(0)
  })
})

describe('what only a person knows', () => {
  test('is asked with an example of the file, also in German and on a phone', async ({ app }) => {
    await app.client.settings.update.mutate({ locale: 'de-DE', base_currency: 'EUR', date_format: 'DMY' })
    const page = await app.open({ viewport: { width: 320, height: 720 }, colorScheme: 'dark' })
    await page.goto('/import')
    await page.getByText('Noch wurde nichts importiert.').waitFor()
    const file = {
      name: 'Liste.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('Artikel;Preis;Datum;Notiz\nLampe;1.234;03/04/2025;geheim\nTisch;;05/06/2025;\n'),
    }
    await page.getByLabel('Datei auswählen …').setInputFiles(file)
    const dates = page.getByRole('group', { name: 'Welcher Tag ist 03/04/2025?' })
    await dates.getByRole('radio', { name: '3. April 2025' }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'import-questions-320-dark')
    const amounts = page.getByRole('group', { name: 'Wie viel ist 1.234?' })

    // Nobody goes on without an answer.
    await page.getByRole('button', { name: '2 Käufe prüfen' }).click()
    await page.getByRole('alert').getByText('Oben steht eine Frage').waitFor()
    // A question that is answered goes: nobody finds it checked.
    await dates.getByRole('radio', { name: '3. April 2025' }).click()
    await dates.waitFor({ state: 'detached' })
    await amounts.getByRole('radio', { name: '1.234,00 €' }).click()
    await amounts.waitFor({ state: 'detached' })

    // What is missing in a row can be filled in, as it is written here; a column can be left out.
    await page.getByLabel('Preis von Zeilen ohne Preis').fill('viel')
    await page.getByLabel('Datum von Zeilen ohne Datum').focus()
    await page.getByText('„viel“ ist hier kein eindeutiger Betrag.').waitFor()
    await page.getByLabel('Preis von Zeilen ohne Preis').fill('19,99')
    await page.getByLabel('Datum von Zeilen ohne Datum').focus()
    await page.getByText('Das ist 19,99 €').waitFor()
    await page.getByRole('cell', { name: '19,99 €' }).waitFor()
    await page.getByRole('combobox', { name: 'Notiz wird gelesen als' }).selectOption({ label: 'Weglassen' })
    await page.getByRole('cell', { name: '1.234,00 €' }).waitFor()
    await page.getByRole('columnheader', { name: 'Notizen' }).waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await keepScreenshot(page, 'import-columns-320-dark')

    await page.getByRole('button', { name: '2 Käufe prüfen' }).click()
    await page.getByRole('button', { name: '2 Käufe importieren' }).waitFor()
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await keepScreenshot(page, 'import-check-320-dark')
    await page.getByRole('button', { name: '2 Käufe importieren' }).click()
    await page.getByRole('heading', { name: 'Importiert', exact: true }).waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'import-report-320-dark')
    const { items } = await app.client.purchases.list.query({ sort: 'product_name', order: 'asc' })
    expect(items).toMatchObject([
      { product_name: 'Lampe', price: '1234.00', purchase_date: '2025-04-03', notes: null },
      { product_name: 'Tisch', price: '19.99', purchase_date: '2025-06-05', notes: null },
    ])

    // Back leads to the check, and from there to the columns as they were chosen.
    await page.goBack()
    await page.getByRole('heading', { name: 'Was geschehen würde' }).waitFor()
    await page.goBack()
    await page.getByRole('combobox', { name: 'Notiz wird gelesen als' }).waitFor()
    expect(await page.getByRole('combobox', { name: 'Notiz wird gelesen als' }).inputValue()).toBe('')
  })
})

describe('a long import', () => {
  test('goes on over a reload, can be cancelled, and leaves nothing then', async ({ app, page }) => {
    const rows = Array.from(
      { length: 40_000 },
      (_, row) => `Thing ${row},${row % 900}.50,EUR,2025-0${(row % 9) + 1}-11`,
    )
    await page.goto('/import')
    await choose(page, 'many.csv', `product_name,price,currency_code,purchase_date\n${rows.join('\n')}\n`)
    await page.getByRole('button', { name: 'Check 40,000 purchases' }).click({ timeout: 40_000 })
    await page.getByRole('button', { name: 'Import 40,000 purchases' }).click({ timeout: 40_000 })
    const bar = page.getByRole('progressbar', { name: 'Progress' })
    await bar.waitFor()
    await page.reload()
    await bar.waitFor()
    await page.getByText('Importing…').waitFor()
    await keepScreenshot(page, 'import-running-light')
    await page.getByRole('button', { name: 'Cancel the import' }).click()
    await page.getByRole('heading', { name: 'Nothing was imported' }).waitFor({ timeout: 40_000 })
    await page.getByRole('paragraph').getByText('The import was cancelled. Everything is as it was before.').waitFor()
    await expectAccessible(page)
    expect(await countPurchases(app)).toBe(0)
    await page.getByRole('region', { name: 'Earlier imports' }).getByText('Cancelled').waitFor()
  })
})

describe('a wrong file', () => {
  test('is answered in words where it shows', async ({ app, page }) => {
    app.guard.expect(400, 404, 422)
    await page.goto('/import')
    const refused = page.getByRole('alert').filter({ hasText: 'This file was not taken.' })
    await choose(page, 'nothing.csv', '')
    await refused.getByText('The file is empty.').waitFor()
    await choose(page, 'login.csv', '<!doctype html><html><body>Sign in</body></html>')
    await refused.getByText('The file is an HTML page').waitFor()
    await expectAccessible(page)
    await keepScreenshot(page, 'import-refused-light')

    // What shows only inside is said in the next step.
    await choose(page, 'header.csv', 'Product,Price,Date\n')
    await page.getByText('There is no purchase in this file').waitFor()
    await page.getByRole('button', { name: 'Check 0 purchases' }).click()
    await page.getByRole('alert').getByText('There is no purchase in this file').waitFor()
    const other = page.getByRole('button', { name: 'Choose another file' }).first()
    await other.click()
    const unreadable = page.getByRole('alert').filter({ hasText: 'This file cannot be read.' })
    await choose(page, 'twice.csv', 'Product,Price,Price,Date\nLamp,1,2,2026-01-31\n')
    await unreadable.getByText('The column "Price" stands in the header twice', { exact: true }).waitFor()
    await other.click()
    // A directory that claims more entries than there are bytes for.
    await choose(page, 'bomb.zip', zipThatClaims(65_000))
    await unreadable.getByText(/The zip|The file is no zip/).waitFor()
    await other.click()
    await choose(page, 'book.xlsx', zipThatClaims(0))
    await unreadable.waitFor()

    // A file that was swept away, and a mapping that somebody wrote into the address.
    await page.goto(`/import?file=${crypto.randomUUID()}&name=old.csv`)
    await page.getByText('The file is no longer there.').waitFor()
    await keepScreenshot(page, 'import-gone-light')
    await page.getByRole('button', { name: 'Choose another file' }).last().click()
    await page.goto(`/import?file=${crypto.randomUUID()}&check=${crypto.randomUUID()}`)
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByRole('alert').getByText('There is no such file.').waitFor()
    await page.getByRole('button', { name: 'Choose another file' }).click()
    await choose(page, 'lamp.csv', 'Product,Price,Date\nLamp,1,2026-01-31\n')
    await page.getByRole('button', { name: 'Check 1 purchase' }).waitFor()
    const address = new URL(page.url())
    address.searchParams.set('columns', '{"price":"Cost"}')
    await page.goto(address.href)
    await unreadable.getByText('"Cost" is none of').waitFor()
    await page.getByRole('button', { name: 'Back to what was found' }).click()
    await page.getByRole('button', { name: 'Check 1 purchase' }).waitFor()
  })

  test('of more bytes than the instance takes is refused', async ({ app, page }) => {
    app.guard.expect(413)
    await page.route('**/api/import/files', (route) =>
      route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          status: 413,
          code: 'PAYLOAD_TOO_LARGE',
          detail: 'The body is larger than 4 bytes.',
          request_id: 'a-request',
        }),
      }),
    )
    await page.goto('/import')
    await choose(page, 'large.csv', 'Product,Price,Date\n')
    await page.getByText('larger than this instance accepts').waitFor()
  })
})

describe('other ways to bring a file', () => {
  test('are pasting rows and dropping', async ({ page }) => {
    await page.goto('/import')
    await page.getByRole('heading', { name: 'Choose a file' }).waitFor()
    await page.evaluate(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', 'Product\tPrice\tDate\nLamp\t12.50\t2026-01-31\n')
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    })
    await page.getByRole('heading', { name: 'Pasted rows.tsv' }).waitFor()
    await page.getByText('Tab', { exact: true }).waitFor()
    await page.goBack()
    await page.getByText('Drop a file here').waitFor()
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['Product|Price|Date\nLamp|12.50|2026-01-31\n'], 'dropped.txt'))
      const target = document.querySelector('.import-drop')
      target?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    })
    await page.getByRole('heading', { name: 'dropped.txt' }).waitFor()
    await page.getByText('Vertical bar').waitFor()
  })
})

/** The end of an archive, and nothing before it. */
function zipThatClaims(entries: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(entries, 8)
  end.writeUInt16LE(entries, 10)
  return end
}
