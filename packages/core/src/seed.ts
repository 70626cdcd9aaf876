import { toInstant } from './calendar.ts'
import { type Context, inTransaction } from './context.ts'
import { keysOf } from './directory.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

/**
 * Fills an empty database: the settings, and retailers and brands that most people meet. It happens once; what is
 * deleted later stays deleted, and what is there already stays as it is. Safe to call at every start and from several
 * processes.
 * @returns whether this call was the one that filled it
 */
export async function seedDatabase(ctx: Context): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const { dashboard_cards, ...settings } = DEFAULT_SETTINGS
    // A database that takes the place of another one begins elsewhere: nobody may take its answers for known.
    const revision = Math.floor(ctx.now().getTime() / 1000)
    const inserted = await tx.db
      .insertInto('settings')
      .values({ id: 1, ...settings, dashboard_cards: JSON.stringify(dashboard_cards), revision })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!inserted) return false
    await tx.db
      .insertInto('retailers')
      .values(rows(tx, RETAILERS, '1'))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tx.db
      .insertInto('brands')
      .values(rows(tx, BRANDS, '2'))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return true
  })
}

const SEEDED = '00000000-0000-7000-8000-'

/** Whether this is the id of an entry that every instance begins with. */
export function isSeededId(id: string): boolean {
  return id.startsWith(SEEDED)
}

/** Their ids are fixed, so that what one instance exports finds the same entries in another. */
function rows(ctx: Context, entries: readonly (readonly [string, string])[], group: string) {
  const now = toInstant(ctx.now())
  return entries.map(([name, url], index) => ({
    id: `${SEEDED}${group}${String(index + 1).padStart(11, '0')}`,
    name,
    url,
    created_at: now,
    updated_at: now,
    ...keysOf(name),
  }))
}

/** The order decides the ids: append only. */
const RETAILERS = [
  ['Amazon', 'https://www.amazon.com'],
  ['Apple Store', 'https://www.apple.com/store'],
  ['B&H Photo Video', 'https://www.bhphotovideo.com'],
  ['Best Buy', 'https://www.bestbuy.com'],
  ['Costco', 'https://www.costco.com'],
  ['Currys', 'https://www.currys.co.uk'],
  ['Decathlon', 'https://www.decathlon.com'],
  ['eBay', 'https://www.ebay.com'],
  ['Fnac', 'https://www.fnac.com'],
  ['IKEA', 'https://www.ikea.com'],
  ['John Lewis', 'https://www.johnlewis.com'],
  ['MediaMarkt', 'https://www.mediamarkt.com'],
  ['Newegg', 'https://www.newegg.com'],
  ['Otto', 'https://www.otto.de'],
  ['Target', 'https://www.target.com'],
  ['The Home Depot', 'https://www.homedepot.com'],
  ['Walmart', 'https://www.walmart.com'],
  ['Yodobashi Camera', 'https://www.yodobashi.com'],
] as const

const BRANDS = [
  ['Apple', 'https://www.apple.com'],
  ['ASUS', 'https://www.asus.com'],
  ['Bosch', 'https://www.bosch.com'],
  ['Bose', 'https://www.bose.com'],
  ['Canon', 'https://www.canon.com'],
  ['Dell', 'https://www.dell.com'],
  ['Dyson', 'https://www.dyson.com'],
  ['Google', 'https://store.google.com'],
  ['HP', 'https://www.hp.com'],
  ['IKEA', 'https://www.ikea.com'],
  ['Lenovo', 'https://www.lenovo.com'],
  ['LG', 'https://www.lg.com'],
  ['Logitech', 'https://www.logitech.com'],
  ['Makita', 'https://www.makita.com'],
  ['Microsoft', 'https://www.microsoft.com'],
  ['Miele', 'https://www.miele.com'],
  ['Nintendo', 'https://www.nintendo.com'],
  ['Panasonic', 'https://www.panasonic.com'],
  ['Philips', 'https://www.philips.com'],
  ['Samsung', 'https://www.samsung.com'],
  ['Siemens', 'https://www.siemens.com'],
  ['Sony', 'https://www.sony.com'],
  ['Xiaomi', 'https://www.mi.com'],
] as const
