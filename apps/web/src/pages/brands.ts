import { registerDirectory } from '../components/directory.ts'
import { startPage } from '../lib/start.ts'

startPage(() => registerDirectory('brands'))
