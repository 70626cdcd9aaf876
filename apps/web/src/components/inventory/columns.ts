import { browserMemory } from '../../lib/memory.ts'

/** The columns beside the product, which always stands there. */
const COLUMNS = [
  'price',
  'quantity',
  'total',
  'status',
  'retailer',
  'brand',
  'date',
  'warranty',
  'return_by',
  'tags',
  'tax',
  'order',
  'model',
  'serial',
] as const
type Column = (typeof COLUMNS)[number]

const SHOWN_AT_FIRST: readonly Column[] = ['price', 'status', 'retailer', 'date', 'warranty']
const KEY = 'inventory-columns'
const DENSITY_KEY = 'inventory-density'

/** What of the table is shown, and how tightly; kept in this browser. */
export interface TableLook {
  shown: Column[]
  isDense: boolean
  /** The columns that are not shown, as the styles know them. */
  readonly hidden: string
  has(column: Column): boolean
  toggle(column: Column): void
  reset(): void
  toggleDensity(): void
}

/** The look that was chosen last in this browser. */
export function tableLook(): TableLook {
  return {
    shown: readShown(),
    isDense: browserMemory.get(DENSITY_KEY) === 'dense',
    get hidden() {
      return COLUMNS.filter((column) => !this.shown.includes(column)).join(' ')
    },
    has(column) {
      return this.shown.includes(column)
    },
    toggle(column) {
      this.shown = this.has(column) ? this.shown.filter((one) => one !== column) : [...this.shown, column]
      browserMemory.set(KEY, this.shown.join(' '))
    },
    reset() {
      this.shown = [...SHOWN_AT_FIRST]
      browserMemory.set(KEY, null)
    },
    toggleDensity() {
      this.isDense = !this.isDense
      browserMemory.set(DENSITY_KEY, this.isDense ? 'dense' : 'wide')
    },
  }
}

function readShown(): Column[] {
  const kept = browserMemory.get(KEY)
  return kept === null ? [...SHOWN_AT_FIRST] : COLUMNS.filter((column) => kept.split(' ').includes(column))
}
