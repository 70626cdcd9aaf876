import {
  coverage,
  NO_IDS,
  NO_NAMES,
  NO_URLS,
  NOBODY,
  refused,
  show,
  type WrongInput,
  wrong,
  wrongFilter,
  wrongSetting,
  wrongWarranty,
} from './wrong-input.ts'
import { WRONG_PURCHASES } from './wrong-purchases.ts'

const WARRANTIES = [
  ...wrongWarranty('that ends before it starts', { warranty_end: '2026-02-28' }, ['warranty_end']),
  ...wrongWarranty('of null for an end', { warranty_end: null }, ['warranty_end']),
  ...wrongWarranty('of EXPIRED', { status: 'EXPIRED' }, ['status']),
  ...wrongWarranty(
    'ACTIVE after its end',
    { warranty_start: '2020-01-01', warranty_end: '2021-01-01', status: 'ACTIVE' },
    ['status'],
  ).slice(0, 2),
  ...wrongWarranty('of an unknown status', { status: 'LOST' }, ['status']),
  ...wrongWarranty('of an unknown type', { warranty_type: 'lifetime' }, ['warranty_type']),
  ...wrongWarranty('of null for a type', { warranty_type: null }, ['warranty_type']),
  ...wrongWarranty('of null for a start', { warranty_start: null }, ['warranty_start']),
  ...wrongWarranty('on days that are none', { warranty_start: '2023-02-29', warranty_end: '2025-02-30' }, [
    'warranty_start',
    'warranty_end',
  ]),
  ...wrongWarranty('with texts that are none', { provider: 'x'.repeat(256), notes: 'a\u0000' }, ['provider', 'notes']),
  ...wrongWarranty('with a field that is none', { voided_at: null }, ['voided_at']),
  wrong('warranties.create', 'nothing at all', {}, ['purchase_id', 'warranty_start', 'warranty_end']),
  wrong('warranties.create', 'without an end', (ids) => ({ purchase_id: ids.phone, warranty_start: '2026-03-01' }), [
    'warranty_end',
  ]),
  ...[...NO_IDS, NOBODY, null].map((id) =>
    wrong('warranties.create', `purchase_id ${show(id)}`, { ...coverage, purchase_id: id }, ['purchase_id']),
  ),
  wrong('warranties.update', 'another purchase', (ids) => ({ id: ids.lampWarranty, purchase_id: ids.pan }), [
    'purchase_id',
  ]),
  wrong(
    'warranties.update',
    'read-only fields that differ',
    (ids) => ({ id: ids.lampWarranty, days_left: 1, created_at: null, updated_at: 1, purchase: {} }),
    ['days_left', 'created_at', 'updated_at', 'purchase'],
  ),
  wrong('warranties.update', 'versions that are none', (ids) => ({ id: ids.lampWarranty, version: 0 }), ['version']),
]

function directoryInputs(name: 'retailers' | 'brands', used: 'shop' | 'acme'): WrongInput[] {
  return [
    ...NO_NAMES.map((value) => wrong(`${name}.create`, `name ${show(value)}`, { name: value }, ['name'])),
    ...NO_URLS.map((url) => wrong(`${name}.create`, `url ${show(url)}`, { name: 'New', url }, ['url'])),
    wrong(`${name}.create`, 'nothing at all', {}, ['name']),
    wrong(`${name}.create`, 'fields that are none', { name: 'New', id: NOBODY, purchase_count: 0 }, [
      'id',
      'purchase_count',
    ]),
    wrong(`${name}.update`, 'null for a name', (ids) => ({ id: ids[used], name: null }), ['name']),
    wrong(
      `${name}.update`,
      'read-only fields that differ',
      (ids) => ({ id: ids[used], created_at: 'x', updated_at: 'x', purchase_count: 99 }),
      ['created_at', 'updated_at', 'purchase_count'],
    ),
    wrong(
      `${name}.update`,
      'wrong in form and in fact',
      (ids) => ({ id: ids[used], name: ' ', purchase_count: 99, version: 1 }),
      ['name', 'purchase_count', 'version'],
    ),
    wrong(`${name}.delete`, 'reassign_to nowhere', (ids) => ({ id: ids[used], reassign_to: NOBODY }), ['reassign_to']),
    wrong(`${name}.delete`, 'reassign_to itself', (ids) => ({ id: ids[used], reassign_to: ids[used] }), [
      'reassign_to',
    ]),
    wrong(`${name}.delete`, 'reassign_to no id', (ids) => ({ id: ids[used], reassign_to: 'x' }), ['reassign_to']),
    wrong(
      `${name}.delete`,
      'wrong in form and in fact',
      (ids) => ({ id: ids[used], reassign_to: NOBODY, force: 'yes' }),
      ['reassign_to', 'force'],
    ),
    ...wrongFilter(`${name}.list`, 'limit', [0, 101, -1, 1.5, 'x', '']),
    ...wrongFilter(`${name}.list`, 'skip', [-1, 0.5, 'x']),
    ...wrongFilter(`${name}.list`, 'sort', ['name']),
    ...wrongFilter(`${name}.list`, 'search', ['x'.repeat(256), 'a\u0000b']),
    ...['IKEA', 'ikea', '  iKeA\u00a0'].map((value) =>
      refused(409, `${name}.create`, `a taken name, ${show(value)}`, () => ({ name: value })),
    ),
    refused(409, `${name}.update`, 'a taken name', (ids) => ({ id: ids[used], name: 'ikea' })),
    refused(409, `${name}.delete`, 'one in use', (ids) => ({ id: ids[used] })),
    ...['get', 'update', 'delete'].flatMap((verb) => notThere(`${name}.${verb}`)),
  ]
}

function notThere(procedure: string): WrongInput[] {
  return ['first', '1', `${NOBODY}0`, NOBODY, "' or 1=1 --", '%', '../settings', '\u0000'].map((id) =>
    refused(404, procedure, `id ${show(id)}`, () => ({ id })),
  )
}

const LISTS = [
  ...['purchases.list', 'warranties.list', 'warranties.expiring'].flatMap((procedure) => [
    ...wrongFilter(procedure, 'limit', [0, 101, -1, 1.5, 'x', '', '1e1', '0x5']),
    ...wrongFilter(procedure, 'skip', [-1, 1.5, 'x', 1e18]),
    ...wrongFilter(procedure, 'page', ['1']),
  ]),
  ...wrongFilter('purchases.list', 'sort', ['colour', '', 'id', 'PRICE']),
  ...wrongFilter('purchases.list', 'order', ['up', 'ASC', '']),
  ...['has_warranty', 'has_retailer', 'has_brand', 'tax_deductible'].flatMap((field) =>
    wrongFilter('purchases.list', field, ['yes', '1', '', 'TRUE']),
  ),
  ...wrongFilter('purchases.tags', 'limit', [0, 101, 1.5, 'x', '']),
  ...wrongFilter('purchases.tags', 'skip', [-1, 'x', 1e18]),
  ...wrongFilter('purchases.tags', 'search', ['x'.repeat(256), 'a\u0000']),
  ...wrongFilter('purchases.tags', 'order', ['asc']),
  ...['return_from', 'return_to'].flatMap((field) =>
    wrongFilter('purchases.list', field, ['2025-02-30', '2026-01', 'today', '']),
  ),
  ...wrongFilter('purchases.list', 'id', ['x', '']),
  ...wrongFilter('purchases.list', 'status', ['received', '']),
  ...wrongFilter('purchases.list', 'retailer_id', ['x', '']),
  ...wrongFilter('purchases.list', 'brand_id', ['x']),
  ...wrongFilter('purchases.list', 'currency_code', ['usd', 'XYZ']),
  ...wrongFilter('purchases.list', 'tag', ['', 'a;b', 'x'.repeat(51)]),
  ...wrongFilter('purchases.list', 'date_from', ['2025-02-30', 'today', '']),
  ...wrongFilter('purchases.list', 'date_to', ['2023-02-29', '2025']),
  ...wrongFilter('purchases.list', 'price_from', ['-1', 'x', '1e3', '']),
  ...wrongFilter('purchases.list', 'price_to', ['1,5', '1.00001']),
  ...wrongFilter('purchases.list', 'search', ['x'.repeat(256), 'a\u0007b']),
  ...wrongFilter('warranties.list', 'sort', ['purchase_date']),
  ...wrongFilter('warranties.list', 'status', ['OVER']),
  ...wrongFilter('warranties.list', 'warranty_type', ['limited']),
  ...wrongFilter('warranties.list', 'expiring_soon', ['yes']),
  ...wrongFilter('warranties.expiring', 'days', [-1, 3651, 1.5, 'x', '']),
  ...wrongFilter('warranties.expiring', 'sort', ['warranty_end']),
  wrong('purchases.list', 'many wrong parameters', { limit: 0, skip: -1, date_from: 'x', colour: 'red', order: 'up' }, [
    'limit',
    'skip',
    'date_from',
    'colour',
    'order',
  ]),
]

const SETTINGS = [
  ...wrongSetting('base_currency', ['usd', 'XYZ', '', null, 1]),
  ...wrongSetting('locale', ['', 'not a locale', 'e', null, 1]),
  ...wrongSetting('time_zone', ['', 'Mars/Base', '+01:00', 'GMT+1', 'UTC ', null, 1]),
  ...wrongSetting('date_format', ['ymd', 'YYYY-MM-DD', null]),
  ...wrongSetting('week_start', ['FRIDAY', 1, null]),
  ...wrongSetting('expiring_soon_days', [-1, 3651, 1.5, '30', null]),
  ...wrongSetting('dashboard_cards', ['total_spent', null, ['total_spent', 'total_spent']]),
  ...wrongSetting('dashboard_cards', [['weather']], 'dashboard_cards.0'),
  ...wrongSetting('id', [1]),
  wrong('settings.update', 'many wrong values', { base_currency: 'usd', locale: '?', colour: 1, week_start: 'X' }, [
    'base_currency',
    'locale',
    'colour',
    'week_start',
  ]),
]

const NO_CURRENCIES = ['usd', 'XYZ', '', 'US', 'USDX']
const NO_DAYS = ['2025-02-30', '2023-02-29', '2026-01', 'today', '']
const COUNTED = ['analytics.summary', 'analytics.warrantySummary', 'analytics.retailers', 'analytics.brands']
const period = { date_from: '2026-01-01', date_to: '2026-01-31' }
const backwards = { date_from: '2026-01-31', date_to: '2026-01-30' }

const ANALYTICS = [
  ...['analytics.spending', 'analytics.warrantyTimeline'].flatMap((procedure) => [
    ...wrongFilter(procedure, 'months', [0, 121, -1, 1.5, 'x', '', '1e1']),
    ...wrongFilter(procedure, 'currency_code', NO_CURRENCIES),
    ...wrongFilter(procedure, 'date_from', ['2026-01-01']),
    ...wrongFilter(procedure, 'date_to', ['2026-01-01']),
  ]),
  ...wrongFilter('analytics.spending', 'from', ['2026-01']),
  ...wrongFilter('analytics.warrantyTimeline', 'from', [
    '2026',
    '2026-00',
    '2026-13',
    '2026-1',
    '2026-01-01',
    '0000-01',
    '1899-12',
    '9999-12',
    '',
  ]),
  ...[...COUNTED, 'analytics.topProducts'].flatMap((procedure) => [
    ...wrongFilter(procedure, 'currency_code', NO_CURRENCIES),
    ...wrongFilter(procedure, 'date_from', NO_DAYS),
    ...wrongFilter(procedure, 'date_to', NO_DAYS),
    ...wrongFilter(procedure, 'months', [12]),
    wrong(procedure, 'date_to before date_from', backwards, ['date_to']),
    wrong(procedure, 'date_to before date_from, among other mistakes', { ...backwards, colour: 'red' }, [
      'date_to',
      'colour',
    ]),
  ]),
  ...COUNTED.flatMap((procedure) => wrongFilter(procedure, 'limit', [5])),
  ...['analytics.topProducts', 'analytics.recentPurchases', 'analytics.recentWarranties'].flatMap((procedure) =>
    wrongFilter(procedure, 'limit', [0, 101, -1, 1.5, 'x', '']),
  ),
  ...['analytics.recentPurchases', 'analytics.recentWarranties'].flatMap((procedure) => [
    ...wrongFilter(procedure, 'skip', [1]),
    ...wrongFilter(procedure, 'currency_code', ['USD']),
    ...wrongFilter(procedure, 'date_from', ['2026-01-01']),
  ]),
  wrong('analytics.spendingByPeriod', 'nothing at all', {}, ['date_from', 'date_to']),
  wrong('analytics.spendingByPeriod', 'no last day', { date_from: '2026-01-01' }, ['date_to']),
  wrong('analytics.spendingByPeriod', 'no first day', { date_to: '2026-01-01' }, ['date_from']),
  wrong('analytics.spendingByPeriod', 'date_to before date_from', backwards, ['date_to']),
  ...['year', 'DAY', ''].map((group_by) =>
    wrong('analytics.spendingByPeriod', `group_by ${show(group_by)}`, { ...period, group_by }, ['group_by']),
  ),
  ...NO_CURRENCIES.map((currency_code) =>
    wrong('analytics.spendingByPeriod', `currency_code ${show(currency_code)}`, { ...period, currency_code }, [
      'currency_code',
    ]),
  ),
  ...NO_DAYS.map((day) =>
    wrong('analytics.spendingByPeriod', `days ${show(day)}`, { date_from: day, date_to: day, months: 12 }, [
      'date_from',
      'date_to',
      'months',
    ]),
  ),
  wrong(
    'analytics.spendingByPeriod',
    'more days than periods there may be',
    { date_from: '2000-01-01', date_to: '2026-01-01', group_by: 'day' },
    ['date_to'],
  ),
]

const IMPORTS = [
  ...['import.detect', 'import.run'].flatMap((procedure) => [
    ...Object.entries({
      date_format: ['YDM', 'dmy', '', null],
      decimal: [';', '', null],
      currency_code: ['usd', 'XYZ', '', null],
      default_price: ['-1', '1e3', 'x', null],
      default_purchase_date: ['2026-02-30', '', null],
      columns: ['x', [], null],
      colour: ['red'],
    }).flatMap(([field, values]) =>
      values.map((value) =>
        wrong(procedure, `${field} ${show(value)}`, (ids) => ({ file_id: ids.file, [field]: value }), [field]),
      ),
    ),
    wrong(
      procedure,
      'columns that are none',
      (ids) => ({ file_id: ids.file, columns: { price: 1, product_name: '', colour: 'Farbe' } }),
      ['columns.price', 'columns.product_name', 'columns.colour'],
    ),
    refused(404, procedure, 'a file that is not there', () => ({ file_id: NOBODY })),
    refused(404, procedure, 'a file without an id', () => ({ file_id: 'x' })),
  ]),
  wrong(
    'import.detect',
    'columns that the file has not',
    (ids) => ({ file_id: ids.file, columns: { price: 'Preis' } }),
    ['columns.price'],
  ),
  wrong(
    'import.run',
    'several wrong options',
    (ids) => ({ file_id: ids.file, duplicates: 'merge', dry_run: 'yes', on_error: null }),
    ['duplicates', 'dry_run', 'on_error'],
  ),
  wrong('import.undo', 'a field that is none', (ids) => ({ job_id: ids.imported, force: true }), ['force']),
  refused(409, 'import.undo', 'one at work', (ids) => ({ job_id: ids.importing })),
  ...['first', NOBODY].flatMap((id) => [refused(404, 'import.undo', `job_id ${id}`, () => ({ job_id: id }))]),
]

const JOBS = [
  ...wrongFilter('jobs.list', 'limit', [0, 101, 1.5, 'x', '']),
  ...wrongFilter('jobs.list', 'skip', [-1, 'x', 1e18]),
  ...wrongFilter('jobs.list', 'status', ['DONE', 'running', '']),
  ...wrongFilter('jobs.list', 'kind', ['EXPORT', '']),
  ...wrongFilter('jobs.list', 'search', ['lamp']),
  wrong('jobs.get', 'a field that is none', (ids) => ({ id: ids.imported, wait: 'yes' }), ['wait']),
  wrong('jobs.cancel', 'a field that is none', (ids) => ({ id: ids.importing, force: 'yes' }), ['force']),
  refused(409, 'jobs.cancel', 'one that is over', (ids) => ({ id: ids.imported })),
  ...['get', 'cancel'].flatMap((verb) => notThere(`jobs.${verb}`)),
]

const BULK = [
  ...['bulk.change', 'bulk.delete'].flatMap((procedure) => {
    const rest = procedure === 'bulk.change' ? { changes: { status: 'ORDERED' } } : {}
    return [
      wrong(procedure, 'no purchases', rest, ['ids']),
      wrong(procedure, 'both ids and filter', (ids) => ({ ...rest, ids: [ids.lamp], filter: {} }), ['ids']),
      wrong(procedure, 'a field that is none', (ids) => ({ ...rest, ids: [ids.lamp], force: true }), ['force']),
      ...[[], 'lamp', null, Array.from({ length: 101 }, () => NOBODY)].map((ids) =>
        wrong(procedure, `ids ${show(ids)}`, { ...rest, ids }, ['ids']),
      ),
      ...['', 'first', 1, NOBODY].map((id) =>
        wrong(procedure, `an id ${show(id)}`, (ids) => ({ ...rest, ids: [ids.lamp, id] }), ['ids.1']),
      ),
      wrong(
        procedure,
        'a filter with several mistakes',
        { ...rest, filter: { status: 'LOST', date_from: '2025-02-30', limit: 5, has_brand: 'no' } },
        ['filter.status', 'filter.date_from', 'filter.limit', 'filter.has_brand'],
      ),
    ]
  }),
  wrong('bulk.change', 'no changes', (ids) => ({ ids: [ids.lamp] }), ['changes']),
  wrong('bulk.change', 'changes of nothing', (ids) => ({ ids: [ids.lamp], changes: {} }), ['changes']),
  wrong(
    'bulk.change',
    'fields that can not be changed together',
    (ids) => ({ ids: [ids.lamp], changes: { status: 'ORDERED', price: '1', tags: [], notes: 'x' } }),
    ['changes.price', 'changes.tags', 'changes.notes'],
  ),
  wrong('bulk.change', 'wrong and no purchases', { changes: { status: 'LOST' } }, ['ids', 'changes.status']),
  wrong(
    'bulk.change',
    'a tag that is both added and removed',
    (ids) => ({ ids: [ids.lamp], changes: { add_tags: ['a', 'B'], remove_tags: ['b'] } }),
    ['changes.remove_tags'],
  ),
  ...Object.entries({
    status: ['LOST', null],
    retailer_id: ['x', NOBODY],
    brand_id: ['x', NOBODY],
    tax_deductible: ['yes', null],
  }).flatMap(([field, values]) =>
    values.map((value) =>
      wrong('bulk.change', `${field} ${show(value)}`, (ids) => ({ ids: [ids.lamp], changes: { [field]: value } }), [
        `changes.${field}`,
      ]),
    ),
  ),
  ...['add_tags', 'remove_tags'].flatMap((field) =>
    [['a;b'], [''], ['x'.repeat(51)]].map((tags) =>
      wrong('bulk.change', `${field} ${show(tags)}`, (ids) => ({ ids: [ids.lamp], changes: { [field]: tags } }), [
        `changes.${field}.0`,
      ]),
    ),
  ),
  wrong('bulk.undo', 'a field that is none', (ids) => ({ job_id: ids.changed, force: true }), ['force']),
  ...['first', NOBODY].flatMap((id) => [refused(404, 'bulk.undo', `job_id ${id}`, () => ({ job_id: id }))]),
]

const ATTACHMENTS = ['get', 'delete'].flatMap((verb) => [
  wrong(`attachments.${verb}`, 'a field that is none', (ids) => ({ id: ids.panReceipt, force: 'yes' }), ['force']),
  ...notThere(`attachments.${verb}`),
])

const BACKUPS = [
  ...['erase', 'RESTORE', '', true, null, ['ERASE']].map((confirm) =>
    wrong('backup.erase', `confirm ${show(confirm)}`, { confirm }, ['confirm']),
  ),
  wrong('backup.erase', 'nothing at all', {}, ['confirm']),
  wrong('backup.erase', 'a field that is none', { confirm: 'ERASE', force: true }, ['force']),
  wrong('attachments.integrity', 'a field that is none', { repair: true }, ['repair']),
  ...wrongFilter('backup.list', 'limit', [0, 101, 1.5, 'x', '']),
  ...wrongFilter('backup.list', 'skip', [-1, 'x', 1e18]),
  ...wrongFilter('backup.list', 'search', ['lamp']),
  ...['short', '', 12345678, true, [], 'x'.repeat(1001)].flatMap((passphrase) => [
    wrong('backup.create', `passphrase ${show(passphrase)}`, { passphrase }, ['passphrase']),
    wrong('backup.configure', `passphrase ${show(passphrase)}`, { passphrase }, ['passphrase']),
    ...['verify', 'plan', 'restore'].map((verb) =>
      wrong(`backup.${verb}`, `passphrase ${show(passphrase)}`, (ids) => ({ id: ids.backup, passphrase }), [
        'passphrase',
      ]),
    ),
  ]),
  ...Object.entries({
    schedule: ['daily', 'HOURLY', '', null],
    hour: [-1, 24, 2.5, '3', null],
    weekday: ['monday', 'MON', 0, null],
    day_of_month: [0, 32, '1', null],
    keep_last: [0, -1, 1001, 1.5, null],
    keep_daily: [-1, 1001, '3', null],
    keep_weekly: [-1, null],
    keep_monthly: [-1, null],
    destinations: ['/mnt/backup', null, {}, ['/a', '/b', '/c', '/d', '/e', '/f'], ['/a', '/a']],
    has_passphrase: [true, 'no', null],
    colour: ['red'],
  }).flatMap(([field, values]) =>
    values.map((value) => wrong('backup.configure', `${field} ${show(value)}`, { [field]: value }, [field])),
  ),
  ...['backup', '../backup', 'ftp://example.org', 's3:///prefix', 1, null].flatMap((place) => [
    wrong('backup.configure', `a place ${show(place)}`, { destinations: [place] }, ['destinations.0']),
    wrong('backup.test', `place ${show(place)}`, { place }, ['place']),
  ]),
  ...['verify', 'plan', 'restore', 'delete'].flatMap((verb) => notThere(`backup.${verb}`)),
]

const STALE = [
  ...[2, 999].flatMap((version) => [
    refused(412, 'purchases.update', `version ${version}`, (ids) => ({ id: ids.lamp, version, notes: 'x' })),
    refused(412, 'purchases.delete', `version ${version}`, (ids) => ({ id: ids.lamp, version })),
    refused(412, 'purchases.update', `version ${version} of the warranty`, (ids) => ({
      id: ids.lamp,
      warranty: { version },
    })),
    refused(412, 'purchases.update', `version ${version} of no warranty`, (ids) => ({
      id: ids.phone,
      warranty: { ...coverage, version },
    })),
    refused(412, 'warranties.update', `version ${version}`, (ids) => ({ id: ids.lampWarranty, version, notes: 'x' })),
    refused(412, 'warranties.delete', `version ${version}`, (ids) => ({ id: ids.lampWarranty, version })),
  ]),
  refused(409, 'warranties.create', 'a purchase that has one', (ids) => ({ purchase_id: ids.lamp, ...coverage })),
]

/** What procedures refuse, whatever the door. */
export const WRONG_INPUTS: readonly WrongInput[] = [
  ...WRONG_PURCHASES,
  ...WARRANTIES,
  ...directoryInputs('retailers', 'shop'),
  ...directoryInputs('brands', 'acme'),
  ...LISTS,
  ...ANALYTICS,
  ...SETTINGS,
  ...IMPORTS,
  ...JOBS,
  ...BULK,
  ...ATTACHMENTS,
  ...BACKUPS,
  ...STALE,
  ...['purchases', 'warranties'].flatMap((name) =>
    ['get', 'update', 'delete'].flatMap((verb) => notThere(`${name}.${verb}`)),
  ),
]
