import { registerWarranties } from '../components/warranties.ts'
import { startPage } from '../lib/start.ts'

startPage(registerWarranties)
