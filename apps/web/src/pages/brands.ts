import { startPage } from '../lib/start.ts'

startPage(() => {})
