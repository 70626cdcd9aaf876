import { ANALYTICS_CASES } from './analytics-cases.ts'
import { type Case, INVALID } from './case.ts'

const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'

const notFound = (extra: object = {}): Case[] => [
  ['an id that leads nowhere', 'NOT_FOUND', () => ({ id: NOBODY, ...extra })],
  ['an id that is none', 'NOT_FOUND', () => ({ id: 'first', ...extra })],
]

const SORTS = ['purchase_date', 'product_name', 'price', 'created_at', 'retailer', 'brand', 'status']
const ORDERS = ['asc', 'desc']

/** What retailers and brands have in common: `used` has as many purchases when their turn comes, `idle` has none. */
function directoryCases(
  name: string,
  used: 'shop' | 'acme',
  purchase_count: number,
  idle: 'market' | 'zeta',
): Record<string, Case[]> {
  return {
    [`${name}.list`]: [
      ['all', 'done', () => ({})],
      ['a page', 'done', () => ({ skip: 2, limit: 3 })],
      ['a search', 'done', () => ({ search: 'ÄRZTE' })],
      ['a search without a match', 'done', () => ({ search: 'nothing like it' })],
      ['a limit that is too high', INVALID, () => ({ limit: 101 })],
      ['several wrong parameters', INVALID, () => ({ limit: 0, skip: -1, sort: 'name' })],
    ],
    [`${name}.get`]: [['one', 'done', (ids) => ({ id: ids[used] })], ...notFound()],
    [`${name}.create`]: [
      ['with a url', 'done', () => ({ name: 'Made here', url: 'https://example.org/x' })],
      ['only a name, with spaces around', 'done', () => ({ name: '  Only a name ' })],
      ['a taken name in another case', 'CONFLICT', () => ({ name: 'MADE HERE' })],
      ['several wrong fields', INVALID, () => ({ name: ' ', url: 'ftp://example.org', colour: 'red' })],
    ],
    [`${name}.update`]: [
      ['a name', 'done', (ids) => ({ id: ids[idle], name: 'Renamed' })],
      ['a url cleared', 'done', (ids) => ({ id: ids[used], url: null })],
      ['a count as it is', 'done', (ids) => ({ id: ids[used], purchase_count })],
      ['a taken name', 'CONFLICT', (ids) => ({ id: ids[idle], name: 'only a NAME' })],
      ['a count as it is not', INVALID, (ids) => ({ id: ids[used], purchase_count: 0 })],
      ['wrong in form and in fact', INVALID, (ids) => ({ id: ids[used], name: '', purchase_count: 0 })],
      ...notFound({ name: 'New name' }),
      ['an id that leads nowhere, and a wrong field', 'NOT_FOUND', () => ({ id: NOBODY, name: '' })],
    ],
    [`${name}.delete`]: [
      ['one in use', 'CONFLICT', (ids) => ({ id: ids[used] })],
      ['moving to nowhere', INVALID, (ids) => ({ id: ids[used], reassign_to: NOBODY })],
      ['moving to itself', INVALID, (ids) => ({ id: ids[used], reassign_to: ids[used] })],
      ['moving to no id', INVALID, (ids) => ({ id: ids[used], reassign_to: 'other' })],
      ['moving', 'done', (ids) => ({ id: ids[used], reassign_to: ids[idle] })],
      ['one that is gone', 'NOT_FOUND', (ids) => ({ id: ids[used] })],
      ...notFound(),
    ],
  }
}

/** Every procedure, and calls of it that go through both doors. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  'purchases.list': [
    ['all', 'done', () => ({})],
    ['a page', 'done', () => ({ skip: 2, limit: 2 })],
    ['a page after the end', 'done', () => ({ skip: 100 })],
    ...SORTS.flatMap((sort): Case[] => [
      [`by ${sort}`, 'done', () => ({ sort })],
      ...ORDERS.map((order): Case => [`by ${sort} ${order}`, 'done', () => ({ sort, order })]),
    ]),
    ['one status', 'done', () => ({ status: 'ORDERED' })],
    ['several statuses', 'done', () => ({ status: ['ORDERED', 'RECEIVED'] })],
    ['a retailer and a brand', 'done', ({ shop, acme }) => ({ retailer_id: shop, brand_id: [acme] })],
    ['currencies', 'done', () => ({ currency_code: ['JPY', 'KWD'] })],
    ['a tag', 'done', () => ({ tag: 'HOME' })],
    ['a search in the notes', 'done', () => ({ search: 'TWO' })],
    ['a search for plain characters', 'done', () => ({ search: '%_*"\\' })],
    ['days', 'done', () => ({ date_from: '2025-05-05', date_to: '2026-01-30' })],
    ['prices', 'done', () => ({ price_from: '1.25', price_to: '89' })],
    ['with a warranty', 'done', () => ({ has_warranty: true })],
    ['without a warranty', 'done', () => ({ has_warranty: false })],
    ['return windows', 'done', () => ({ return_from: '2026-02-28', return_to: '2026-03-30' })],
    ['tax deductible', 'done', () => ({ tax_deductible: true })],
    ['without a retailer', 'done', () => ({ has_retailer: false })],
    ['with a brand, not for taxes', 'done', () => ({ has_brand: true, tax_deductible: false })],
    [
      'several wrong parameters',
      INVALID,
      () => ({ status: ['ORDERED', 'LOST'], date_from: '2025-02-30', colour: 'red', limit: 0 }),
    ],
  ],
  'purchases.get': [
    ['with everything', 'done', (ids) => ({ id: ids.lamp })],
    ['by its id in capitals', 'done', (ids) => ({ id: ids.phone.toUpperCase() })],
    ...notFound(),
  ],
  'purchases.create': [
    ['the least', 'done', () => ({ product_name: ' Cup ', price: 4.5, purchase_date: '2026-03-01' })],
    [
      'the most',
      'done',
      ({ shop, acme }) => ({
        product_name: 'Cafe\u0301 machine',
        price: '1299.00',
        quantity: 2,
        currency_code: 'EUR',
        retailer_id: shop.toUpperCase(),
        brand_id: acme,
        status: 'ORDERED',
        purchase_date: '2026-03-02',
        notes: '',
        model_number: 'X',
        link: 'http://example.org',
        return_by: '2026-04-02',
        tax_deductible: true,
        tags: ['b', 'a'],
        warranty: { warranty_start: '2026-03-02', warranty_type: 'LIFETIME', status: 'VOIDED' },
      }),
    ],
    [
      'a warranty of null',
      'done',
      () => ({ product_name: 'Mug', price: '5', purchase_date: '2026-03-01', warranty: null }),
    ],
    ['nothing', INVALID, () => ({})],
    [
      'wrong in form and in fact',
      INVALID,
      () => ({
        product_name: 'Cup',
        price: '4.505',
        purchase_date: '2026-02-29',
        retailer_id: NOBODY,
        colour: 'red',
        warranty: { warranty_start: '2026-03-02', warranty_end: '2026-03-01' },
      }),
    ],
  ],
  'purchases.update': [
    ['nothing', 'done', (ids) => ({ id: ids.phone })],
    ['one field', 'done', (ids) => ({ id: ids.phone, notes: 'Cracked' })],
    ['a currency and a price', 'done', (ids) => ({ id: ids.phone, currency_code: 'USD', price: 12.5 })],
    ['with its version', 'done', (ids) => ({ id: ids.phone, version: 3, tags: ['x'] })],
    [
      'a warranty where there was none',
      'done',
      ({ phone }) => ({ id: phone, warranty: { warranty_start: '2026-01-01', warranty_end: '2026-12-31' } }),
    ],
    ['fields cleared', 'done', (ids) => ({ id: ids.lamp, notes: null, brand_id: null, return_by: null })],
    ['the warranty removed', 'done', (ids) => ({ id: ids.phone, warranty: null })],
    ['an old version', 'PRECONDITION_FAILED', (ids) => ({ id: ids.phone, version: 1, notes: 'x' })],
    ['an old version of the warranty', 'PRECONDITION_FAILED', (ids) => ({ id: ids.lamp, warranty: { version: 7 } })],
    ['a total that is not so', INVALID, (ids) => ({ id: ids.lamp, total: '1.00' })],
    ['a price that the currency has not', INVALID, (ids) => ({ id: ids.lamp, price: '1.005' })],
    ['null where there is a default', INVALID, (ids) => ({ id: ids.lamp, status: null, quantity: null, tags: null })],
    [
      'wrong in form and in fact',
      INVALID,
      (ids) => ({ id: ids.lamp, quantity: 0, retailer_id: NOBODY, total: '1.00', warranty: { status: 'EXPIRED' } }),
    ],
    ...notFound({ notes: 'x' }),
    ['an id that leads nowhere, and a wrong field', 'NOT_FOUND', () => ({ id: NOBODY, quantity: 0 })],
  ],
  'purchases.delete': [
    ['an old version', 'PRECONDITION_FAILED', (ids) => ({ id: ids.phone, version: 1 })],
    ['one', 'done', (ids) => ({ id: ids.phone })],
    ['with its warranty', 'done', (ids) => ({ id: ids.kettle, version: 1 })],
    ['one that is gone', 'NOT_FOUND', (ids) => ({ id: ids.phone })],
    ...notFound(),
  ],
  'warranties.list': [
    ['all', 'done', () => ({})],
    ['a page', 'done', () => ({ skip: 1, limit: 1 })],
    ...['warranty_end', 'warranty_start', 'product_name', 'created_at'].flatMap((sort): Case[] => [
      [`by ${sort}`, 'done', () => ({ sort })],
      ...ORDERS.map((order): Case => [`by ${sort} ${order}`, 'done', () => ({ sort, order })]),
    ]),
    ['statuses', 'done', () => ({ status: ['VOIDED', 'EXPIRED'] })],
    ['a type', 'done', () => ({ warranty_type: 'LIFETIME' })],
    ['expiring soon', 'done', () => ({ expiring_soon: true })],
    ['not expiring soon', 'done', () => ({ expiring_soon: false })],
    ['a search', 'done', () => ({ search: 'BOX' })],
    ['several wrong parameters', INVALID, () => ({ status: 'LOST', expiring_soon: 'perhaps', days: 3 })],
  ],
  'warranties.expiring': [
    ['within the days of Settings', 'done', () => ({})],
    ['today', 'done', () => ({ days: 0 })],
    ['within ten years', 'done', () => ({ days: 3650, limit: 2 })],
    ['too many days', INVALID, () => ({ days: 3651 })],
  ],
  'warranties.get': [['one', 'done', (ids) => ({ id: ids.lampWarranty })], ...notFound()],
  'warranties.create': [
    [
      'a purchase that has one',
      'CONFLICT',
      (ids) => ({ purchase_id: ids.lamp, warranty_start: '2026-01-01', warranty_end: '2026-12-31' }),
    ],
    [
      'a purchase that is not there',
      INVALID,
      () => ({ purchase_id: NOBODY, warranty_start: '2026-01-01', warranty_end: '2026-12-31' }),
    ],
    ['without an end', INVALID, (ids) => ({ purchase_id: ids.lamp, warranty_start: '2026-01-01' })],
    [
      'wrong in form and in fact',
      INVALID,
      () => ({ purchase_id: NOBODY, warranty_start: '2026-01-01', warranty_end: '2025-01-01', provider: 1 }),
    ],
    [
      'active although it has ended',
      INVALID,
      (ids) => ({ purchase_id: ids.lamp, warranty_start: '2020-01-01', warranty_end: '2021-01-01', status: 'ACTIVE' }),
    ],
  ],
  'warranties.update': [
    ['nothing', 'done', (ids) => ({ id: ids.lampWarranty })],
    ['a later end', 'done', (ids) => ({ id: ids.sofaWarranty, warranty_end: '2027-03-14' })],
    ['voided', 'done', (ids) => ({ id: ids.lampWarranty, status: 'VOIDED' })],
    ['not voided after all', 'done', (ids) => ({ id: ids.lampWarranty, status: 'ACTIVE', version: 2 })],
    ['an old version', 'PRECONDITION_FAILED', (ids) => ({ id: ids.lampWarranty, version: 1, notes: 'x' })],
    ['EXPIRED', INVALID, (ids) => ({ id: ids.lampWarranty, status: 'EXPIRED' })],
    ['an end before the start', INVALID, (ids) => ({ id: ids.lampWarranty, warranty_end: '2026-01-30' })],
    ['another purchase', INVALID, (ids) => ({ id: ids.lampWarranty, purchase_id: ids.pan })],
    [
      'wrong in form and in fact',
      INVALID,
      (ids) => ({ id: ids.lampWarranty, notes: 1, days_left: 0, warranty_end: null }),
    ],
    ...notFound({ notes: 'x' }),
    ['an id that leads nowhere, and a wrong field', 'NOT_FOUND', () => ({ id: NOBODY, notes: 1 })],
  ],
  'warranties.delete': [
    ['an old version', 'PRECONDITION_FAILED', (ids) => ({ id: ids.lampWarranty, version: 1 })],
    ['one', 'done', (ids) => ({ id: ids.lampWarranty })],
    ['one that is gone', 'NOT_FOUND', (ids) => ({ id: ids.lampWarranty })],
    ...notFound(),
  ],
  'attachments.get': [['one', 'done', (ids) => ({ id: ids.panReceipt })], ...notFound()],
  'attachments.delete': [
    ['a field that is none', INVALID, (ids) => ({ id: ids.panReceipt, version: 1 })],
    ['one', 'done', (ids) => ({ id: ids.panReceipt })],
    ['one that is gone', 'NOT_FOUND', (ids) => ({ id: ids.panReceipt })],
    ...notFound(),
  ],
  ...ANALYTICS_CASES,
  ...directoryCases('retailers', 'shop', 3, 'market'),
  ...directoryCases('brands', 'acme', 2, 'zeta'),
  'jobs.list': [
    ['all', 'done', () => ({})],
    ['a page', 'done', () => ({ skip: 1, limit: 1 })],
    ['some', 'done', () => ({ status: ['RUNNING', 'FAILED'], kind: ['IMPORT'] })],
    ['of one kind', 'done', () => ({ kind: 'UNDO_IMPORT' })],
    ['several wrong parameters', INVALID, () => ({ limit: 0, status: 'running', kind: 'EXPORT', stage: 'read' })],
  ],
  'jobs.get': [
    ['one that is over', 'done', (ids) => ({ id: ids.imported })],
    ['one at work', 'done', (ids) => ({ id: ids.importing })],
    ...notFound(),
  ],
  'jobs.cancel': [
    ['one at work', 'done', (ids) => ({ id: ids.importing })],
    ['it again', 'done', (ids) => ({ id: ids.importing })],
    ['one that is over', 'CONFLICT', (ids) => ({ id: ids.imported })],
    ['a field that is none', INVALID, (ids) => ({ id: ids.importing, force: true })],
    ...notFound(),
  ],
  'import.detect': [
    ['with a question left', 'done', (ids) => ({ file_id: ids.file })],
    [
      'with every question answered',
      'done',
      (ids) => ({ file_id: ids.file, date_format: 'DMY', currency_code: 'EUR' }),
    ],
    ['with columns that are not there', INVALID, (ids) => ({ file_id: ids.file, columns: { price: 'Preis' } })],
    ['several wrong options', INVALID, (ids) => ({ file_id: ids.file, decimal: ';', dry_run: true })],
    ['a file that is not there', 'NOT_FOUND', () => ({ file_id: NOBODY })],
  ],
  'import.run': [
    ['a try', 'done', (ids) => ({ file_id: ids.file, date_format: 'DMY', dry_run: true })],
    ['a try that ends with a question', 'done', (ids) => ({ file_id: ids.file, dry_run: true })],
    ['several wrong options', INVALID, (ids) => ({ file_id: ids.file, duplicates: 'merge', default_price: '-1' })],
    ['a file that is not there', 'NOT_FOUND', () => ({ file_id: NOBODY })],
  ],
  'import.undo': [
    ['one that has changed nothing', 'done', (ids) => ({ job_id: ids.imported })],
    ['one that is undone', 'CONFLICT', (ids) => ({ job_id: ids.imported })],
    ['one at work', 'CONFLICT', (ids) => ({ job_id: ids.importing })],
    ['an id that leads nowhere', 'NOT_FOUND', () => ({ job_id: NOBODY })],
    ['an id that is none', 'NOT_FOUND', () => ({ job_id: 'first' })],
  ],
  'backup.status': [['with one', 'done']],
  'backup.create': [
    ['one', 'done', () => ({})],
    ['several wrong fields', INVALID, () => ({ passphrase: 'short', force: true })],
  ],
  'backup.list': [
    ['all', 'done', () => ({})],
    ['a page', 'done', () => ({ skip: 1, limit: 1 })],
    ['several wrong parameters', INVALID, () => ({ limit: 0, trigger: 'MANUAL' })],
  ],
  'backup.verify': [
    ['one', 'done', (ids) => ({ id: ids.backup })],
    ['several wrong fields', INVALID, (ids) => ({ id: ids.backup, passphrase: 1, force: true })],
    ...notFound(),
  ],
  'backup.plan': [
    ['one', 'done', (ids) => ({ id: ids.backup })],
    ['a field that is none', INVALID, (ids) => ({ id: ids.backup, dry_run: true })],
    ...notFound(),
  ],
  'backup.restore': [
    ['beside an import', 'CONFLICT', (ids) => ({ id: ids.backup })],
    ['a field that is none', INVALID, (ids) => ({ id: ids.backup, dry_run: true })],
    ...notFound(),
  ],
  'backup.delete': [
    ['a field that is none', INVALID, (ids) => ({ id: ids.backup, force: true })],
    ['one', 'done', (ids) => ({ id: ids.backup })],
    ['one that is gone', 'NOT_FOUND', (ids) => ({ id: ids.backup })],
    ...notFound(),
  ],
  'backup.configure': [
    ['nothing', 'done', () => ({})],
    ['all', 'done', () => ({ schedule: 'MONTHLY', hour: 23, weekday: 'MONDAY', day_of_month: 31, keep_last: 3 })],
    ['a passphrase', 'done', () => ({ passphrase: 'correct horse battery staple' })],
    ['without it after all', 'done', () => ({ passphrase: null, has_passphrase: false })],
    ['places', 'done', () => ({ destinations: ['/mnt/backup', 's3://household/spends?region=eu-central-1'] })],
    [
      'several wrong values',
      INVALID,
      () => ({ schedule: 'HOURLY', hour: 24, day_of_month: 0, keep_last: 0, destinations: ['backup'], colour: 'red' }),
    ],
    ['a passphrase that is none', INVALID, () => ({ has_passphrase: true })],
  ],
  'backup.config': [['all', 'done']],
  'backup.test': [
    ['a place that is not there', 'done', () => ({ place: '/nowhere/at/all' })],
    ['a place that is none', INVALID, () => ({ place: 'ftp://backup.example' })],
  ],
  'settings.get': [['all', 'done']],
  'settings.update': [
    ['nothing', 'done', () => ({})],
    ['some', 'done', () => ({ time_zone: 'Asia/Tokyo', expiring_soon_days: 0, dashboard_cards: ['total_spent'] })],
    ['several wrong values', INVALID, () => ({ base_currency: 'usd', locale: '?', week_start: null, colour: 'red' })],
  ],
}
