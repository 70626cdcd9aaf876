import { registerBackupConfig } from '../components/settings/backup-config.ts'
import { registerBackupList } from '../components/settings/backup-list.ts'
import { registerBackupWork } from '../components/settings/backup-work.ts'
import { registerCards } from '../components/settings/cards.ts'
import { registerCare } from '../components/settings/care.ts'
import { registerExports } from '../components/settings/exports.ts'
import { registerGeneral } from '../components/settings/general.ts'
import { registerRestore } from '../components/settings/restore.ts'
import { registerSections } from '../components/settings/sections.ts'
import { startPage } from '../lib/start.ts'

startPage(() => {
  registerSections()
  registerGeneral()
  registerCards()
  registerBackupWork()
  registerBackupConfig()
  registerBackupList()
  registerRestore()
  registerExports()
  registerCare()
})
