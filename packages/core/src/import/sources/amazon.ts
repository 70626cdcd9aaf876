import type { PurchaseDraft } from '../item.ts'
import { hasColumns, type Layout, type LayoutRow, pickColumns } from './layout.ts'

const NOTHING = /^not (available|applicable)$/i

/** Orders that have not left yet. */
const ORDERED =
  /^(new|pending|payment pending|authori[sz]ed|not (yet )?shipped|unshipped|shipment planned|shipping (soon|now)|preparing.*)$/i
const CANCELLED = /^cancell?ed$/i

/** "Order history, items": one row for each item of an order. */
export const AMAZON_ORDER_HISTORY: Layout = {
  source: 'AMAZON_ORDER_HISTORY',
  nothing: NOTHING,
  // The report was only ever offered by amazon.com in US dollars in this way of writing.
  usual: { decimal: '.', date_format: 'MDY', where: { column: 'Currency', value: 'USD' } },
  columnsOf(header) {
    if (!hasColumns(header, ['Order Date', 'Order ID', 'Title', 'Purchase Price Per Unit'])) return undefined
    return pickColumns(header, {
      product_name: ['Title'],
      price: ['Purchase Price Per Unit'],
      quantity: ['Quantity'],
      currency_code: ['Currency'],
      retailer: ['Website'],
      purchase_date: ['Order Date'],
      order_number: ['Order ID'],
    })
  },
  finish,
}

/** "Request your data", `Retail.OrderHistory`: the same in other words, with instants. */
export const AMAZON_DATA_REQUEST: Layout = {
  source: 'AMAZON_DATA_REQUEST',
  nothing: NOTHING,
  usual: { decimal: '.' },
  columnsOf(header) {
    if (!hasColumns(header, ['Order ID', 'Order Date', 'Unit Price', 'Product Name'])) return undefined
    return pickColumns(header, {
      product_name: ['Product Name'],
      price: ['Unit Price'],
      quantity: ['Quantity', 'Original Quantity'],
      currency_code: ['Currency'],
      retailer: ['Website'],
      purchase_date: ['Order Date'],
      serial_number: ['Serial Number', 'Item Serial Number'],
      order_number: ['Order ID'],
    })
  },
  finish,
}

function finish(draft: PurchaseDraft, row: LayoutRow): void {
  const status = row.cell('Order Status') ?? ''
  if (CANCELLED.test(status)) {
    row.skip('The order was cancelled: it is no purchase')
    return
  }
  draft.status = ORDERED.test(status) ? 'ORDERED' : 'RECEIVED'

  const website = row.cell('Website') ?? 'Amazon'
  draft.retailer = { name: website }

  const article = row.cell('ASIN') ?? row.cell('ASIN/ISBN') ?? ''
  const host = /^(?:www\.)?(amazon\.[a-z.]{2,6})$/i.exec(website)?.[1]
  if (host && /^[A-Z0-9]{10}$/.test(article)) draft.link = `https://www.${host.toLowerCase()}/dp/${article}`
}
