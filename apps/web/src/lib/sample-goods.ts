/** Something that the sample data has bought. */
export interface Good {
  /** How many days ago. */
  ago: number
  en: string
  de: string
  /** With two decimals. */
  price: string
  quantity?: number
  brand?: string
  retailer?: string
  tags?: readonly string[]
  /** How long it is covered, in months from the purchase; `LIFETIME` for good. */
  covered?: number | 'LIFETIME'
  type?: 'LIMITED' | 'EXTENDED' | 'MANUFACTURER' | 'RETAILER'
  isVoided?: boolean
  isOrdered?: boolean
  isDeductible?: boolean
  /** In how many days the return window closes. */
  returnIn?: number
  model?: string
}

const OFFICE = ['home office'] as const
const KITCHEN = ['kitchen'] as const
const TOOLS = ['tools'] as const

/** Fourteen months of a household, the oldest first. */
// biome-ignore format: a table, one good a line.
export const GOODS: readonly Good[] = [
  { ago: 424, en: 'Washing machine', de: 'Waschmaschine', price: '749.00', brand: 'Siemens', retailer: 'MediaMarkt', covered: 24, model: 'WM14N' },
  { ago: 415, en: 'Running shoes', de: 'Laufschuhe', price: '89.99', retailer: 'Decathlon', covered: 12, type: 'RETAILER' },
  { ago: 409, en: 'Office chair', de: 'Bürostuhl', price: '229.00', brand: 'IKEA', retailer: 'IKEA', tags: OFFICE, covered: 120, isDeductible: true },
  { ago: 398, en: 'Toaster', de: 'Toaster', price: '39.95', brand: 'Philips', retailer: 'Amazon', tags: KITCHEN, covered: 12 },
  { ago: 390, en: 'Coffee beans', de: 'Kaffeebohnen', price: '13.49', quantity: 4, retailer: 'Amazon', tags: KITCHEN },
  { ago: 381, en: 'Phone', de: 'Smartphone', price: '699.00', brand: 'Samsung', retailer: 'Best Buy', covered: 24, type: 'MANUFACTURER', model: 'SM-S921' },
  { ago: 372, en: 'Rain jacket', de: 'Regenjacke', price: '119.90', retailer: 'Decathlon', covered: 12, isVoided: true },
  { ago: 358, en: 'Headphones', de: 'Kopfhörer', price: '279.00', brand: 'Sony', retailer: 'Amazon', tags: ['music'], covered: 12, type: 'MANUFACTURER', model: 'WH-1000' },
  { ago: 347, en: 'Electric toothbrush', de: 'Elektrische Zahnbürste', price: '64.90', quantity: 2, brand: 'Philips', retailer: 'Target', covered: 12 },
  { ago: 341, en: 'Cordless drill', de: 'Akkuschrauber', price: '159.00', brand: 'Makita', retailer: 'The Home Depot', tags: TOOLS, covered: 12, type: 'MANUFACTURER', model: 'DDF485' },
  { ago: 330, en: 'Printer paper', de: 'Druckerpapier', price: '6.99', quantity: 5, retailer: 'Amazon', tags: OFFICE, isDeductible: true },
  { ago: 316, en: 'Monitor, 27 inch', de: 'Monitor, 27 Zoll', price: '319.00', brand: 'Dell', retailer: 'Amazon', tags: OFFICE, covered: 36, type: 'LIMITED', isDeductible: true, model: 'U2724D' },
  { ago: 303, en: 'Frying pan', de: 'Bratpfanne', price: '59.00', retailer: 'IKEA', tags: KITCHEN, covered: 'LIFETIME' },
  { ago: 291, en: 'Garden hose', de: 'Gartenschlauch', price: '44.95', retailer: 'The Home Depot', tags: ['garden'], covered: 36 },
  { ago: 287, en: 'Coffee beans', de: 'Kaffeebohnen', price: '13.99', quantity: 4, retailer: 'Amazon', tags: KITCHEN },
  { ago: 270, en: 'Tent for two', de: 'Zelt für zwei', price: '199.00', retailer: 'Decathlon', tags: ['travel'], covered: 24 },
  { ago: 262, en: 'Camera', de: 'Kamera', price: '879.00', brand: 'Canon', retailer: 'B&H Photo Video', tags: ['travel'], covered: 24, type: 'EXTENDED', model: 'EOS R10' },
  { ago: 244, en: 'Memory card', de: 'Speicherkarte', price: '24.99', quantity: 2, retailer: 'B&H Photo Video', tags: ['travel'], covered: 'LIFETIME' },
  { ago: 233, en: 'Vacuum cleaner', de: 'Staubsauger', price: '429.00', brand: 'Dyson', retailer: 'MediaMarkt', covered: 24, type: 'MANUFACTURER', model: 'V12' },
  { ago: 219, en: 'Keyboard', de: 'Tastatur', price: '109.00', brand: 'Logitech', retailer: 'Amazon', tags: OFFICE, covered: 24, isDeductible: true },
  { ago: 205, en: 'Game console', de: 'Spielkonsole', price: '329.00', brand: 'Nintendo', retailer: 'Target', tags: ['kids'], covered: 12 },
  { ago: 190, en: 'Coffee beans', de: 'Kaffeebohnen', price: '14.49', quantity: 4, retailer: 'Amazon', tags: KITCHEN },
  { ago: 182, en: 'Screwdriver set', de: 'Schraubendreher-Satz', price: '34.90', brand: 'Bosch', retailer: 'The Home Depot', tags: TOOLS, covered: 'LIFETIME' },
  { ago: 171, en: 'Winter tyres', de: 'Winterreifen', price: '92.50', quantity: 4, retailer: 'eBay', tags: ['car'], covered: 24 },
  { ago: 163, en: 'Laptop', de: 'Laptop', price: '1299.00', brand: 'Lenovo', retailer: 'Amazon', tags: OFFICE, covered: 36, type: 'MANUFACTURER', isDeductible: true, model: 'T14' },
  { ago: 158, en: 'Laptop sleeve', de: 'Laptophülle', price: '24.95', retailer: 'Amazon', tags: OFFICE, isDeductible: true },
  { ago: 143, en: 'Bookshelf', de: 'Bücherregal', price: '79.00', quantity: 2, brand: 'IKEA', retailer: 'IKEA', covered: 120 },
  { ago: 129, en: 'Wireless speaker', de: 'Funklautsprecher', price: '149.00', brand: 'Bose', retailer: 'Best Buy', tags: ['music', 'gift'], covered: 12 },
  { ago: 117, en: 'Espresso machine', de: 'Espressomaschine', price: '549.00', brand: 'Siemens', retailer: 'MediaMarkt', tags: KITCHEN, covered: 24, type: 'EXTENDED' },
  { ago: 104, en: 'Coffee beans', de: 'Kaffeebohnen', price: '14.99', quantity: 6, retailer: 'Amazon', tags: KITCHEN },
  { ago: 96, en: 'Board game', de: 'Brettspiel', price: '42.00', retailer: 'Target', tags: ['kids', 'gift'] },
  { ago: 83, en: 'Smart watch', de: 'Smartwatch', price: '249.00', brand: 'Apple', retailer: 'Apple Store', covered: 12, type: 'MANUFACTURER' },
  { ago: 70, en: 'Printer paper', de: 'Druckerpapier', price: '7.49', quantity: 5, retailer: 'Amazon', tags: OFFICE, isDeductible: true },
  { ago: 61, en: 'Television', de: 'Fernseher', price: '899.00', brand: 'LG', retailer: 'Best Buy', covered: 24, type: 'MANUFACTURER', model: 'OLED55' },
  { ago: 48, en: 'Router', de: 'Router', price: '129.90', brand: 'ASUS', retailer: 'Newegg', tags: OFFICE, covered: 36, isDeductible: true },
  { ago: 37, en: 'Desk lamp', de: 'Schreibtischlampe', price: '59.90', brand: 'Philips', retailer: 'IKEA', tags: OFFICE, covered: 24, isDeductible: true },
  { ago: 24, en: 'Backpack', de: 'Rucksack', price: '109.00', retailer: 'Decathlon', tags: ['travel'], covered: 'LIFETIME', returnIn: 6 },
  { ago: 18, en: 'Air purifier', de: 'Luftreiniger', price: '179.00', brand: 'Xiaomi', retailer: 'Amazon', covered: 24, returnIn: 12 },
  { ago: 9, en: 'Coffee beans', de: 'Kaffeebohnen', price: '15.49', quantity: 4, retailer: 'Amazon', tags: KITCHEN },
  { ago: 5, en: 'Walking boots', de: 'Wanderschuhe', price: '149.95', retailer: 'Decathlon', covered: 12, returnIn: 25 },
  { ago: 3, en: 'Dishwasher', de: 'Geschirrspüler', price: '689.00', brand: 'Bosch', retailer: 'MediaMarkt', tags: KITCHEN, isOrdered: true, covered: 24, model: 'SMV6' },
  { ago: 1, en: 'External drive', de: 'Externe Festplatte', price: '94.90', brand: 'Samsung', retailer: 'Amazon', tags: OFFICE, isOrdered: true, isDeductible: true, covered: 36 },
]
