import Alpine from '@alpinejs/csp'
import { registerRescue } from '../components/rescue.ts'

// Nothing of what stands around the other pages: all of that asks the database.
registerRescue()
Alpine.start()
