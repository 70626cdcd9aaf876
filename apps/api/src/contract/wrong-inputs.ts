import type { ThingName } from './world.ts'

type Ids = Readonly<Record<ThingName, string>>

/** Inputs of procedures that are refused through both doors: the procedure, the input, its status, the fields named. */
export interface WrongInput {
  what: string
  procedure: string
  inputOf(ids: Ids): object
  status: number
  /** In any order; undefined where no field is to blame. */
  paths: readonly string[] | undefined
}

const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'

function wrong(procedure: string, what: string, input: object | ((ids: Ids) => object), paths: string[]): WrongInput {
  const inputOf = typeof input === 'function' ? (input as (ids: Ids) => object) : () => input
  return { what, procedure, inputOf, status: 422, paths }
}

function refused(status: number, procedure: string, what: string, inputOf: (ids: Ids) => object): WrongInput {
  return { what, procedure, inputOf, status, paths: undefined }
}

const purchase = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }
const coverage = { warranty_start: '2026-03-01', warranty_end: '2027-03-01' }

/** Purchases that are right but for one field. */
const wrongPurchase = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) => wrong('purchases.create', `${field} ${show(value)}`, { ...purchase, [field]: value }, [path]))
/** Changes of the lamp that are wrong in one field. */
const wrongChange = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) =>
    wrong('purchases.update', `${field} ${show(value)}`, (ids) => ({ id: ids.lamp, [field]: value }), [path]),
  )
const wrongFilter = (procedure: string, field: string, values: readonly unknown[]) =>
  values.map((value) => wrong(procedure, `${field} ${show(value)}`, { [field]: value }, [field]))
const wrongWarranty = (what: string, more: object, paths: string[]) => [
  wrong(
    'purchases.create',
    `a warranty ${what}`,
    { ...purchase, warranty: { ...coverage, ...more } },
    paths.map((path) => `warranty.${path}`),
  ),
  wrong('warranties.create', what, (ids) => ({ purchase_id: ids.phone, ...coverage, ...more }), paths),
  wrong('warranties.update', what, (ids) => ({ id: ids.lampWarranty, ...coverage, ...more }), paths),
]
const wrongSetting = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) => wrong('settings.update', `${field} ${show(value)}`, { [field]: value }, [path]))

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 40 ? `${text.slice(0, 40)}… (${text.length})` : text
}

const NO_DATES = [
  '2025-02-30',
  '2023-02-29',
  '1900-02-29',
  '0000-01-01',
  '2025-13-01',
  '2025-00-10',
  '2025-04-31',
  '2025-1-1',
  '20250101',
  '2025-01-01T00:00:00Z',
  '2025-01-01 ',
  '01.02.2025',
  '+02025-01-01',
  '',
  20250101,
  true,
  {},
]
const NO_PRICES = [
  '19.999',
  '1.5000000',
  '1e3',
  '1E3',
  '1e-2',
  'NaN',
  'Infinity',
  '-1',
  '-0',
  '+1',
  '007',
  '00.5',
  '.5',
  '5.',
  '',
  ' ',
  '12 ',
  '1,000.00',
  '1.000,00',
  '1,5',
  '12345678901',
  '123456789.01',
  '100000000.00',
  '0x10',
  '１２',
  '12$',
  1e300,
  1e21,
  1e-7,
  -1,
  0.001,
  19.999,
  12345678901,
  true,
  [],
  ['5'],
  {},
  null,
]
const NO_NAMES = [
  '',
  ' ',
  '\t\n\u00a0',
  'x'.repeat(256),
  '😀'.repeat(256),
  'a\u0000b',
  'a\u0007b',
  'a\nb',
  'a\tb',
  'a\u007fb',
  'a\u0085b',
  '\ud800',
  'a\udc00b',
  1,
  true,
  null,
  [],
  {},
]
const NO_IDS = ['', 'first', '1', '019ab3c45d6e7f809a1b2c3d4e5f6071', `${NOBODY} `, `{${NOBODY}}`, 1, [], {}]
const NO_URLS = [
  'javascript:alert(1)',
  'ftp://example.org',
  'data:text/html,x',
  'mailto:me@example.org',
  'example.org',
  '//example.org',
  'http:example.org',
  'http://',
  'https://exa mple.org',
  `https://example.org/${'x'.repeat(1981)}`,
  'https://example.org/\u0000',
  1,
  false,
]
const LONG = ['x'.repeat(256), 'a\nb', 'a\u0000b', '\udfff', 1]

const TYPES_OF_TAGS = [
  ...wrongPurchase('tags', ['home', { 0: 'home' }, null, true]),
  ...wrongPurchase('tags', [['a;b']], 'tags.0'),
  ...wrongPurchase(
    'tags',
    [
      ['a', ''],
      ['a', ' '],
      ['a', 'x'.repeat(51)],
      ['a', 1],
      ['a', null],
      ['a', 'b\nc'],
      ['Home', 'hOME'],
      ['É', 'e\u0301'],
      ['a', ' A '],
    ],
    'tags.1',
  ),
  wrong('purchases.create', '51 tags', { ...purchase, tags: Array.from({ length: 51 }, (_, at) => `tag ${at}`) }, [
    'tags',
  ]),
  wrong('purchases.create', 'two wrong tags', { ...purchase, tags: ['', 'a', 'x;y'] }, ['tags.0', 'tags.2']),
]

const PURCHASES = [
  ...wrongPurchase('price', NO_PRICES),
  ...wrongPurchase('product_name', NO_NAMES),
  ...wrongPurchase('quantity', [0, -1, 1.5, 1e18, 2 ** 53, '2', '', null, true, [1]]),
  ...wrongPurchase('purchase_date', [...NO_DATES, null]),
  ...wrongPurchase(
    'return_by',
    NO_DATES.filter((date) => date !== ''),
  ),
  ...wrongPurchase('retailer_id', [...NO_IDS, NOBODY]),
  ...wrongPurchase('brand_id', [...NO_IDS, NOBODY]),
  ...wrongPurchase('currency_code', ['XYZ', 'usd', 'Usd', '', 'US', 'USDD', ' USD', 840, null]),
  ...wrongPurchase('status', ['received', 'LOST', '', 1, null]),
  ...wrongPurchase('tax_deductible', ['true', 1, 0, '', null]),
  ...wrongPurchase('link', NO_URLS),
  ...wrongPurchase('notes', ['x'.repeat(10_001), 'a\u0000b', 'a\u000bb', '\ud83d', 1, []]),
  ...['model_number', 'serial_number', 'order_number', 'return_policy'].flatMap((field) => wrongPurchase(field, LONG)),
  ...TYPES_OF_TAGS,
  ...wrongPurchase('warranty', [[], 'yes', 1, true]),
  ...['id', 'version', 'total', 'retailer', 'created_at', 'colour', 'Price', 'constructor', 'toString'].flatMap(
    (field) => wrongPurchase(field, [1]),
  ),
  wrong('purchases.create', 'a price in yen with decimals', { ...purchase, currency_code: 'JPY' }, ['price']),
  wrong('purchases.create', 'ten digits that leave no room for cents', { ...purchase, price: '9999999999' }, ['price']),
  wrong('purchases.create', 'nothing at all', {}, ['product_name', 'price', 'purchase_date']),
  wrong(
    'purchases.create',
    'wrong in many fields, some of which only the database knows',
    {
      product_name: '',
      price: '4.505',
      purchase_date: '2025-02-30',
      retailer_id: NOBODY,
      brand_id: NOBODY,
      colour: 'red',
      tags: ['a', 'A'],
      warranty: { warranty_start: '2026-03-02', warranty_end: '2026-03-01', status: 'EXPIRED', price: 1 },
    },
    [
      'product_name',
      'price',
      'purchase_date',
      'retailer_id',
      'brand_id',
      'colour',
      'tags.1',
      'warranty.warranty_end',
      'warranty.status',
      'warranty.price',
    ],
  ),
  ...wrongChange('price', ['19.999', '1e2', '', null, true]),
  ...['product_name', 'quantity', 'currency_code', 'status', 'purchase_date', 'tax_deductible', 'tags'].flatMap(
    (field) => wrongChange(field, [null]),
  ),
  ...wrongChange('version', [0, -1, 1.5, '1', null]),
  ...wrongChange('total', ['59.98', 59.97, null]),
  ...wrongChange('created_at', ['2026-03-15T10:20:31Z', '2026-03-15T10:20:30.000Z', 1, null]),
  ...wrongChange('updated_at', ['2020-01-01T00:00:00Z']),
  ...wrongChange('retailer', [null, 'Ärzte-Shop', { id: NOBODY, name: 'x' }]),
  ...wrongChange('brand', [null, {}]),
  ...wrongChange('attachments', [null, [{}]]),
  ...wrongChange('warranty', ['none', []]),
  ...wrongChange('days_left', [1]),
  ...wrongChange('currency_code', ['JPY']),
  ...['id', 'purchase_id', 'days_left', 'created_at', 'updated_at'].flatMap((field) =>
    wrongChange('warranty', [{ [field]: NOBODY }], `warranty.${field}`),
  ),
  wrong('purchases.update', 'a new warranty without its dates', (ids) => ({ id: ids.phone, warranty: {} }), [
    'warranty.warranty_start',
    'warranty.warranty_end',
  ]),
  wrong(
    'purchases.update',
    'wrong in many fields, some of which only the database knows',
    (ids) => ({
      id: ids.phone,
      price: '1.5',
      quantity: 0,
      retailer_id: NOBODY,
      return_by: '2025-02-30',
      total: '1',
      colour: 1,
      warranty: { warranty_start: 'x' },
    }),
    [
      'price',
      'quantity',
      'retailer_id',
      'return_by',
      'total',
      'colour',
      'warranty.warranty_start',
      'warranty.warranty_end',
    ],
  ),
  wrong('purchases.delete', 'a version that is none', (ids) => ({ id: ids.lamp, version: 'x' }), ['version']),
  wrong('purchases.delete', 'a parameter that is none', (ids) => ({ id: ids.lamp, force: 'true' }), ['force']),
  wrong('purchases.get', 'a parameter that is none', (ids) => ({ id: ids.lamp, expand: 'all' }), ['expand']),
]

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
  ...wrongFilter('purchases.list', 'has_warranty', ['yes', '1', '', 'TRUE']),
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

export const WRONG_INPUTS: readonly WrongInput[] = [
  ...PURCHASES,
  ...WARRANTIES,
  ...directoryInputs('retailers', 'shop'),
  ...directoryInputs('brands', 'acme'),
  ...LISTS,
  ...SETTINGS,
  ...STALE,
  ...['purchases', 'warranties'].flatMap((name) =>
    ['get', 'update', 'delete'].flatMap((verb) => notThere(`${name}.${verb}`)),
  ),
]
