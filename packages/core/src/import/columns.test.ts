import { describeEachEngine } from '@spends/db/testing'
import { describe, expect, it } from 'vitest'
import { getRevision } from '../revision.ts'
import { openContext } from '../testing.ts'
import { COLUMN_NAMES } from './column-names.ts'
import { nameKey, proposeColumns, recallColumns, rememberColumns } from './columns.ts'
import { IMPORT_FIELDS } from './options.ts'

describe('the columns of a foreign CSV', () => {
  it.each([
    ['English', 'Item Name|Purchase Price|Date Purchased|Store|Brand|Qty|Serial No.|Warranty Expires|Category'],
    ['German', 'Artikel|Kaufpreis (EUR)|Kaufdatum|Händler|Marke|Anzahl|Seriennummer|Garantie bis|Kategorie'],
    [
      'French',
      "Désignation|Prix unitaire|Date d'achat|Magasin|Marque|Quantité|Numéro de série|Fin de garantie|Catégorie",
    ],
    ['Spanish', 'Artículo|Precio|Fecha de compra|Tienda|Marca|Cantidad|Número de serie|Garantía hasta|Categoría'],
    ['Italian', 'Prodotto|Prezzo|Data di acquisto|Negozio|Marca|Quantità|Numero di serie|Scadenza garanzia|Categoria'],
    ['Dutch', 'Productnaam|Prijs|Aankoopdatum|Winkel|Merk|Aantal|Serienummer|Garantie tot|Categorie'],
    ['Portuguese', 'Produto|Preço|Data da compra|Loja|Marca|Quantidade|Número de série|Garantia até|Categoria'],
  ])('are found in %s', (_, header) => {
    const columns = header.split('|')
    const [product_name, price, purchase_date, retailer, brand, quantity, serial_number, warranty_end, tags] = columns
    expect(proposeColumns(columns)).toEqual({
      product_name,
      price,
      purchase_date,
      retailer,
      brand,
      quantity,
      serial_number,
      warranty_end,
      tags,
    })
  })

  it('are our own where they have our names', () => {
    expect(proposeColumns(IMPORT_FIELDS)).toEqual(Object.fromEntries(IMPORT_FIELDS.map((field) => [field, field])))
    expect(proposeColumns([...IMPORT_FIELDS].reverse())).toEqual(proposeColumns(IMPORT_FIELDS))
  })

  it.each([
    ['PurchasePrice', { price: 'PurchasePrice' }],
    ['PURCHASE_DATE', { purchase_date: 'PURCHASE_DATE' }],
    ['Price in €', { price: 'Price in €' }],
    ['Purchse Price', { price: 'Purchse Price' }],
    ['Pruchase date', { purchase_date: 'Pruchase date' }],
    ['Price (incl. something)', { price: 'Price (incl. something)' }],
    ['Delivery date|Date', { purchase_date: 'Date' }],
    ['Ship Date|Order Date', { purchase_date: 'Order Date' }],
    ['Product ID|Product', { product_name: 'Product' }],
    ['Price|Shipping price|Tax', { price: 'Price' }],
    ['Total|Price', { price: 'Price' }],
    ['Total', { price: 'Total' }],
    ['Total|Quantity', { quantity: 'Quantity' }],
    ['Name|Description', { product_name: 'Name' }],
    ['Shipping price|Tax rate|Weight|', {}],
    ['Return date', { return_by: 'Return date' }],
  ])('%s is %o', (header, columns) => {
    expect(proposeColumns(header.split('|'))).toEqual(columns)
  })

  it('know every name in the form in which it is compared, and for one field only', () => {
    const seen = new Map<string, string>()
    const wrong: string[] = []
    for (const [field, { names, words = [], not = [] }] of Object.entries(COLUMN_NAMES)) {
      for (const name of [...names, ...words, ...not]) if (nameKey(name) !== name) wrong.push(`${field}: ${name}`)
      for (const name of names) {
        if (seen.has(name)) wrong.push(`${name}: ${seen.get(name)} and ${field}`)
        seen.set(name, field)
      }
    }
    expect(wrong).toEqual([])
  })
})

describeEachEngine('a mapping', (engine) => {
  it('is remembered for its header, and replaced by a later one', async () => {
    const ctx = await openContext(engine)
    const header = ['What', 'How much', 'When']
    expect(await recallColumns(ctx, header)).toBeUndefined()
    const { revision } = await getRevision(ctx)
    await rememberColumns(ctx, header, { product_name: 'What', price: 'How much' })
    expect((await getRevision(ctx)).revision).toBe(revision + 1)
    await rememberColumns(ctx, header, { product_name: 'What', price: 'How much', purchase_date: 'When' })
    const columns = { product_name: 'What', price: 'How much', purchase_date: 'When' }
    expect(await recallColumns(ctx, header)).toEqual(columns)
    expect(await recallColumns(ctx, ['What', 'How much', 'When', 'Where'])).toBeUndefined()
    // As good as the same, but these can't be read by those names.
    expect(await recallColumns(ctx, ['what', 'how much', 'when'])).toBeUndefined()
  })
})
