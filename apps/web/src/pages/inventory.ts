import { registerPurchaseDrawer } from '../components/inventory/drawer.ts'
import { registerInventory } from '../components/inventory/list.ts'
import { startPage } from '../lib/start.ts'

startPage(() => {
  registerInventory()
  registerPurchaseDrawer()
})
