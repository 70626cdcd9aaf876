export const MEDIA = '1c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e01'
export const AMAZON = '1c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e02'
export const MAKER = '2c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e01'
export const ESPRESSO = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e01'
export const TEA = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e02'
export const LAMP = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e03'
export const BROKEN = '8c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e04'
/** An id that leads nowhere. */
export const NOWHERE = '9c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e09'

const stamps = { created_at: '2025-11-06T08:09:10.123456', updated_at: '2025-11-07T08:09:10' }

/** What its JSON holds. */
export const DATA = {
  purchases: [
    {
      id: ESPRESSO,
      product_name: 'Espresso machine "Größe L"',
      price: '1249.50',
      currency_code: 'EUR',
      quantity: 2,
      retailer_id: MEDIA,
      brand_id: MAKER,
      purchase_date: '2026-01-15T00:00:00',
      status: 'PurchaseStatus.ORDERED',
      notes: 'with milk\nfrother',
      model_number: 'EM-1',
      serial_number: '0042',
      retailer_order_number: 'MM-77',
      link: 'https://shop.example/espresso',
      return_deadline: '2026-02-14',
      return_policy: '30 days',
      tax_deductible: 1,
      tags: 'kitchen, coffee,Büro',
      ...stamps,
    },
    {
      id: TEA,
      product_name: '緑茶',
      price: 500.0,
      currency_code: 'JPY',
      retailer_id: AMAZON,
      brand_id: null,
      purchase_date: '2025-12-31',
      tax_deductible: 0,
      tags: '',
      notes: null,
      ...stamps,
    },
    {
      id: LAMP,
      product_name: 'Lamp',
      price: 19.989999999999998,
      currency_code: 'USD',
      retailer_id: NOWHERE,
      brand_id: null,
      purchase_date: '2025-12-30',
      tags: null,
      ...stamps,
    },
    {
      id: BROKEN,
      product_name: 'Half a cent',
      price: '1.005',
      currency_code: 'USD',
      purchase_date: '2025-02-30',
      ...stamps,
    },
  ],
  warranties: [
    {
      id: '3c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e01',
      purchase_id: ESPRESSO,
      warranty_start: '2026-01-15T00:00:00',
      warranty_end: '2028-01-14',
      warranty_type: 'WarrantyType.EXTENDED',
      status: 'WarrantyStatus.ACTIVE',
      provider: 'Maker & Co',
      notes: 'by phone',
      ...stamps,
    },
    {
      id: '3c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e02',
      purchase_id: LAMP,
      warranty_start: '2024-01-01',
      warranty_end: '2025-12-31',
      warranty_type: 'manufacturer',
      status: 'WarrantyStatus.EXPIRED',
      provider: null,
      notes: '',
      ...stamps,
    },
    {
      id: '3c1f9a0e-2b3d-4c5e-8f70-1a2b3c4d5e03',
      purchase_id: NOWHERE,
      warranty_start: '2024-01-01',
      warranty_end: '2025-12-31',
      ...stamps,
    },
  ],
  retailers: [
    { id: MEDIA, name: 'Medien Markt', url: 'https://media.example', ...stamps },
    { id: AMAZON, name: 'amazon', url: null, ...stamps },
  ],
  brands: [{ id: MAKER, name: 'Maker', url: null, ...stamps }],
  files: [],
}

/** What is to be stored of it, by name. */
export const EXPECTED = {
  'Espresso machine "Größe L"': {
    price: '1249.50',
    currency_code: 'EUR',
    quantity: 2,
    status: 'ORDERED',
    purchase_date: '2026-01-15',
    retailer: 'Medien Markt',
    brand: 'Maker',
    notes: 'with milk\nfrother',
    model_number: 'EM-1',
    serial_number: '0042',
    order_number: 'MM-77',
    link: 'https://shop.example/espresso',
    return_by: '2026-02-14',
    return_policy: '30 days',
    tax_deductible: true,
    tags: ['kitchen', 'coffee', 'Büro'],
    warranty: {
      warranty_start: '2026-01-15',
      warranty_end: '2028-01-14',
      warranty_type: 'EXTENDED',
      status: 'ACTIVE',
      provider: 'Maker & Co',
      notes: 'by phone',
    },
  },
  緑茶: {
    price: '500',
    currency_code: 'JPY',
    quantity: 1,
    status: 'RECEIVED',
    purchase_date: '2025-12-31',
    retailer: 'Amazon',
  },
  Lamp: {
    price: '19.99',
    currency_code: 'USD',
    quantity: 1,
    status: 'RECEIVED',
    purchase_date: '2025-12-30',
    warranty: {
      warranty_start: '2024-01-01',
      warranty_end: '2025-12-31',
      warranty_type: 'MANUFACTURER',
      status: 'EXPIRED',
    },
  },
}
