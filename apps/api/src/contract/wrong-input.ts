import type { ThingName } from './world.ts'

export type Ids = Readonly<Record<ThingName, string>>

/** Inputs of procedures that are refused through both doors: the procedure, the input, its status, the fields named. */
export interface WrongInput {
  what: string
  procedure: string
  inputOf(ids: Ids): object
  status: number
  /** In any order; undefined where no field is to blame. */
  paths: readonly string[] | undefined
}

export const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'

export function wrong(
  procedure: string,
  what: string,
  input: object | ((ids: Ids) => object),
  paths: string[],
): WrongInput {
  const inputOf = typeof input === 'function' ? (input as (ids: Ids) => object) : () => input
  return { what, procedure, inputOf, status: 422, paths }
}

export function refused(status: number, procedure: string, what: string, inputOf: (ids: Ids) => object): WrongInput {
  return { what, procedure, inputOf, status, paths: undefined }
}

export const purchase = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }
export const coverage = { warranty_start: '2026-03-01', warranty_end: '2027-03-01' }

/** Purchases that are right but for one field. */
export const wrongPurchase = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) => wrong('purchases.create', `${field} ${show(value)}`, { ...purchase, [field]: value }, [path]))
/** Changes of the lamp that are wrong in one field. */
export const wrongChange = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) =>
    wrong('purchases.update', `${field} ${show(value)}`, (ids) => ({ id: ids.lamp, [field]: value }), [path]),
  )
export const wrongFilter = (procedure: string, field: string, values: readonly unknown[]) =>
  values.map((value) => wrong(procedure, `${field} ${show(value)}`, { [field]: value }, [field]))
export const wrongWarranty = (what: string, more: object, paths: string[]) => [
  wrong(
    'purchases.create',
    `a warranty ${what}`,
    { ...purchase, warranty: { ...coverage, ...more } },
    paths.map((path) => `warranty.${path}`),
  ),
  wrong('warranties.create', what, (ids) => ({ purchase_id: ids.phone, ...coverage, ...more }), paths),
  wrong('warranties.update', what, (ids) => ({ id: ids.lampWarranty, ...coverage, ...more }), paths),
]
export const wrongSetting = (field: string, values: readonly unknown[], path = field) =>
  values.map((value) => wrong('settings.update', `${field} ${show(value)}`, { [field]: value }, [path]))

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 40 ? `${text.slice(0, 40)}… (${text.length})` : text
}

export const NO_DATES = [
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
export const NO_PRICES = [
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
export const NO_NAMES = [
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
export const NO_IDS = ['', 'first', '1', '019ab3c45d6e7f809a1b2c3d4e5f6071', `${NOBODY} `, `{${NOBODY}}`, 1, [], {}]
export const NO_URLS = [
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
export const LONG = ['x'.repeat(256), 'a\nb', 'a\u0000b', '\udfff', 1]
