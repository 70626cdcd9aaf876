/* What demonstration purchases are made of. */

export const CURRENCIES = ['USD', 'USD', 'USD', 'EUR', 'EUR', 'JPY'] as const

/** Product names are one word of each; several alphabets, the commonest first and twice. */
const latin = {
  first: ['Compact', 'Wireless', 'Silent', 'Classic', 'Portable', 'Smart', 'Heavy-Duty', 'Slim', 'Solar', 'Travel'],
  second: ['Kettle', 'Headphones', 'Desk Lamp', 'Drill', 'Keyboard', 'Backpack', 'Monitor', 'Vacuum Cleaner', 'Tent'],
}

export const NAMES = [
  latin,
  latin,
  {
    first: ['Große', 'Kleine', 'Leise', 'Schöne', 'Äußere', 'Süße'],
    second: ['Säge', 'Küchenwaage', 'Tür', 'Bürste', 'Gießkanne', 'Nähmaschine'],
  },
  {
    first: ['Élégante', 'Légère', 'Précise', 'Naïve'],
    second: ['Cafetière', 'Théière', 'Étagère', 'Bouée'],
  },
  {
    first: ['Новый', 'Тихий', 'Большой', 'Лёгкий'],
    second: ['чайник', 'пылесос', 'телевизор', 'фонарь'],
  },
  {
    first: ['Νέος', 'Μικρός', 'Ελαφρύς'],
    second: ['φακός', 'φούρνος', 'ανεμιστήρας'],
  },
  {
    first: ['軽量', '静音', '小型'],
    second: ['炊飯器', 'カメラ', '掃除機', 'ヘッドホン'],
  },
  {
    first: ['مصباح', 'كرسي'],
    second: ['صغير', 'كبير', 'جديد'],
  },
] as const

export const TAGS = [
  'home office',
  'gift',
  'kitchen',
  'garden',
  'Urlaub',
  'подарок',
  'tax',
  'tools',
  'kids',
  '家',
] as const

export const PROVIDERS = ['Maker', 'Shield Insurance', 'Store Care', 'Versicherung Süd'] as const

export const NOTES = [
  'Bought on sale.',
  'Box is in the attic.\nThe receipt is in the blue folder.',
  'Für die Küche; passt genau.',
  'Replacement for the one that broke after two winters of daily use in an unheated workshop.',
] as const
