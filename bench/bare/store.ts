/** What the bare handler can ask either engine. */
export interface Store {
  list(limit: number, skip: number): Answer<unknown[]>
  count(): Answer<number>
  get(id: string): Answer<unknown>
  /** Looks at every row that the filters leave: the first 20, latest first, and how many match. */
  scan(search: Search): Answer<{ items: unknown[]; total: number }>
  /** @returns the purchase as it reads. It is committed then, as durably as the product's. */
  create(purchase: NewPurchase): Answer<unknown>
  summary(currency: string): Answer<SummaryFigures>
  close(): Answer<void>
}

type Answer<T> = T | Promise<T>

/** Query parameters of a search; the text is in the normal form of `search_text`. */
export interface Search {
  search: string
  retailer_id?: string
  date_from?: string
  date_to?: string
}

export interface NewPurchase {
  [field: string]: unknown
  product_name: string
  price: string
  currency_code: string
  tags?: string[]
  warranty?: { [field: string]: unknown; provider?: string; notes?: string }
}

/** Amounts are whole minor units, as text. */
export interface SummaryFigures {
  counts: {
    ordered: number
    tax_deductible: number
    warranties: number
    voided: number
    expired: number
    expiring: number
  }
  currencies: { currency_code: string; row_count: number; item_count: number; amount: string }[]
}

/** A row of `selectPurchases`. */
export interface Row {
  [column: string]: string | number | boolean | null
  id: string
  price: number
  quantity: number
  currency_code: string
  tags: string
}
