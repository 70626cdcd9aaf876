import { registerImportCheck } from '../components/import-check.ts'
import { registerImportColumns } from '../components/import-columns.ts'
import { registerImportFile } from '../components/import-file.ts'
import { registerImportHistory } from '../components/import-history.ts'
import { registerImportRun } from '../components/import-run.ts'
import { registerImportWizard } from '../components/import-wizard.ts'
import { startPage } from '../lib/start.ts'

startPage(() => {
  registerImportWizard()
  registerImportFile()
  registerImportColumns()
  registerImportCheck()
  registerImportRun()
  registerImportHistory()
})
