import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { keepScreenshot, test } from './fixture.ts'

/** One red dot. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
const RECEIPT = { name: 'receipt.txt', mimeType: 'text/plain', buffer: Buffer.from('1 lamp, 49.90') }

describe('the files of a purchase', () => {
  test('are chosen while it is made, follow it, and come back as they were', async ({ app, page }) => {
    await page.goto('/inventory?id=new')
    const drawer = page.locator('#purchase')
    await drawer.getByLabel('Product name').fill('Desk lamp')
    await drawer.getByLabel('Price').fill('49.90')
    await drawer
      .getByLabel('Choose files')
      .setInputFiles([RECEIPT, { name: 'lamp.png', mimeType: 'image/png', buffer: PICTURE }])
    const list = drawer.getByRole('list', { name: 'Files' })
    await list.getByText('Waits to be saved').first().waitFor()
    await list.getByLabel('Kind of lamp.png').selectOption('PHOTO')
    await expectAccessible(page)
    await page.keyboard.press('Control+Enter')
    await drawer.waitFor({ state: 'hidden' })

    const { items } = await app.client.purchases.list.query({})
    const [saved] = await Promise.all(items.map(({ id }) => app.client.purchases.get.query({ id })))
    expect(saved?.attachments.map(({ filename, kind }) => [filename, kind]).sort()).toEqual([
      ['lamp.png', 'PHOTO'],
      ['receipt.txt', 'RECEIPT'],
    ])
    await page.getByRole('link', { name: 'Desk lamp' }).click()
    await list.getByRole('link', { name: 'receipt.txt', exact: true }).waitFor()
    await list.locator('img').evaluate((picture) => (picture as HTMLImageElement).decode())
    await keepScreenshot(page, 'inventory-files')
    const downloading = page.waitForEvent('download')
    await list.getByRole('link', { name: 'Download receipt.txt' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('receipt.txt')
    expect(await readFile(await download.path())).toEqual(RECEIPT.buffer)

    await list.getByRole('button', { name: 'Delete lamp.png' }).click()
    await page
      .getByRole('dialog', { name: 'Delete the file “lamp.png”?' })
      .getByRole('button', { name: 'Delete' })
      .click()
    await list.getByText('lamp.png').waitFor({ state: 'detached' })
    expect((await app.client.purchases.get.query({ id: saved?.id ?? '' })).attachments).toHaveLength(1)
  })

  test('are dropped and pasted, and what is refused says why and stays', async ({ app, page }) => {
    const { id } = await app.client.purchases.create.mutate({
      product_name: 'Desk lamp',
      price: '1',
      purchase_date: '2026-03-01',
    })
    await page.goto(`/inventory?id=${id}`)
    const drawer = page.locator('#purchase')
    await drawer.getByLabel('Choose files').waitFor({ state: 'attached' })
    for (const type of ['drop', 'paste'] as const) {
      const given = await page.evaluateHandle((name) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([`by ${name}`], `${name}.txt`, { type: 'text/plain' }))
        return transfer
      }, type)
      if (type === 'drop') await drawer.dispatchEvent('drop', { dataTransfer: given })
      else
        await drawer.evaluate(
          (element, clipboardData) =>
            element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })),
          given,
        )
      await drawer.getByRole('link', { name: `${type}.txt`, exact: true }).waitFor()
    }
    expect((await app.client.purchases.get.query({ id })).attachments.map(({ filename }) => filename).sort()).toEqual([
      'drop.txt',
      'paste.txt',
    ])

    // On a slow line it can be seen how far a file is.
    const line = await page.context().newCDPSession(page)
    await line.send('Network.enable')
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 300_000 }
    await line.send('Network.emulateNetworkConditions', slow)
    await drawer
      .getByLabel('Choose files')
      .setInputFiles({ name: 'scan.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(400_000, 'scan') })
    await page.waitForFunction(() => {
      const { value } = document.querySelector<HTMLProgressElement>('#purchase progress') ?? { value: 0 }
      return value > 0 && value < 1
    })
    await drawer.getByRole('link', { name: 'scan.bin', exact: true }).waitFor()
    await line.detach()

    app.guard.expect(413)
    const folder = await mkdtemp(join(tmpdir(), 'large-'))
    await writeFile(join(folder, 'film.bin'), Buffer.alloc(26 * 1024 * 1024))
    await drawer.getByLabel('Choose files').setInputFiles(join(folder, 'film.bin'))
    await drawer.getByRole('alert').filter({ hasText: 'Not sent:' }).waitFor()
    await drawer.getByRole('button', { name: 'Send film.bin again' }).waitFor()
    await rm(folder, { recursive: true })
  })

  test('whose bytes are lost say so, and are no links', async ({ app, page }) => {
    const { id } = await app.client.purchases.create.mutate({
      product_name: 'Desk lamp',
      price: '1',
      purchase_date: '2026-03-01',
    })
    const form = new FormData()
    form.append('file', new Blob(['1 lamp']), 'receipt.txt')
    await fetch(`${app.url}/api/purchases/${id}/attachments`, { method: 'POST', body: form })
    // A file that is imported without its bytes: the export names them, and nobody has these.
    const exported = await (await fetch(`${app.url}/api/export/json`)).text()
    await app.client.purchases.delete.mutate({ id })
    const body = exported.replace(/"sha256":\s*"\w+"/, `"sha256":"${'f'.repeat(64)}"`)
    const headers = { 'Content-Type': 'application/json' }
    const imported = await fetch(`${app.url}/api/import/json`, { method: 'POST', body, headers })
    expect(await imported.json()).toMatchObject({ created: 1, failed: 0 })

    await page.goto(`/inventory?id=${id}`)
    const file = page.locator('#purchase').getByRole('listitem').filter({ hasText: 'receipt.txt' })
    await file.getByText('File unavailable').waitFor()
    expect(await file.getByRole('link').count()).toBe(0)
    await expectAccessible(page)
  })
})
