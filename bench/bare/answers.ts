import type { Row, SummaryFigures } from './store.ts'

export function toPurchase(row: Row, today: string) {
  const { id, price, quantity, currency_code, retailer_id, retailer_name, brand_id, brand_name } = row
  const digits = digitsOf(currency_code)
  const total = price * quantity
  return {
    id,
    product_name: row.product_name,
    price: formatMinorUnits(price, digits),
    quantity,
    total: formatMinorUnits(Number.isSafeInteger(total) ? total : BigInt(price) * BigInt(quantity), digits),
    currency_code,
    retailer_id,
    brand_id,
    status: row.status,
    purchase_date: row.purchase_date,
    notes: row.notes,
    model_number: row.model_number,
    serial_number: row.serial_number,
    order_number: row.order_number,
    link: row.link,
    return_by: row.return_by,
    return_policy: row.return_policy,
    tax_deductible: row.tax_deductible === 1 || row.tax_deductible === true,
    tags: row.tags === '[]' ? [] : JSON.parse(row.tags),
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
    retailer: retailer_id === null ? null : { id: retailer_id, name: retailer_name },
    brand: brand_id === null ? null : { id: brand_id, name: brand_name },
    warranty: row.w_id === null ? null : toWarranty(row, today),
  }
}

function toWarranty(row: Row, today: string) {
  const { warranty_end } = row
  const hasEnded = typeof warranty_end === 'string' && warranty_end < today
  return {
    id: row.w_id,
    purchase_id: row.id,
    warranty_start: row.warranty_start,
    warranty_end,
    warranty_type: row.warranty_type,
    status: row.voided_at !== null ? 'VOIDED' : hasEnded ? 'EXPIRED' : 'ACTIVE',
    days_left: typeof warranty_end === 'string' ? (Date.parse(warranty_end) - Date.parse(today)) / 86_400_000 : null,
    provider: row.provider,
    notes: row.w_notes,
    version: row.w_version,
    created_at: row.w_created_at,
    updated_at: row.w_updated_at,
  }
}

export function formatSummary(currency: string, { counts, currencies }: SummaryFigures) {
  const sum = currencies.find(({ currency_code }) => currency_code === currency)
  const [rows, items, amount] = [sum?.row_count ?? 0, sum?.item_count ?? 0, BigInt(sum?.amount ?? 0)]
  const digits = digitsOf(currency)
  return {
    currency_code: currency,
    total_spent: formatMinorUnits(amount, digits),
    avg_price: items === 0 ? null : formatMinorUnits(divideHalfEven(amount, BigInt(items)), digits),
    purchase_count: rows,
    item_count: items,
    ordered: counts.ordered,
    received: rows - counts.ordered,
    tax_deductible_count: counts.tax_deductible,
    active_warranties: counts.warranties - counts.voided - counts.expired,
    expiring_warranties: counts.expiring,
    expired_warranties: counts.expired,
    voided_warranties: counts.voided,
    by_currency: currencies.map(({ currency_code, amount, row_count }) => ({
      currency_code,
      total_spent: formatMinorUnits(BigInt(amount), digitsOf(currency_code)),
      purchase_count: row_count,
    })),
  }
}

function divideHalfEven(amount: bigint, by: bigint): bigint {
  const [whole, twice] = [amount / by, (amount % by) * 2n]
  return twice > by || (twice === by && whole % 2n === 1n) ? whole + 1n : whole
}

/** Digits after the point, for the currencies of the benchmark. */
export function digitsOf(currency: string): number {
  return currency === 'JPY' ? 0 : 2
}

export function toMinorUnits(amount: string, digits: number): number {
  const [whole = '', fraction = ''] = amount.split('.')
  return Number(whole + fraction.padEnd(digits, '0'))
}

export function formatMinorUnits(minor: number | bigint, digits: number): string {
  const text = String(minor)
  if (digits === 0) return text
  const padded = text.padStart(digits + 1, '0')
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}
