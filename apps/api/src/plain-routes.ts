import { ATTACHMENT_ROUTES } from './attachment-routes.ts'
import { BACKUP_ROUTES } from './backup-routes.ts'
import { EXPORT_ROUTES } from './export-routes.ts'
import { IMPORT_ROUTES } from './import-routes.ts'
import type { PlainRoute } from './rest/plain-routes.ts'

/** Every route under /api that is no procedure, for the document. */
export const PLAIN_ROUTES: readonly PlainRoute[] = [
  ...ATTACHMENT_ROUTES,
  ...BACKUP_ROUTES,
  ...EXPORT_ROUTES,
  ...IMPORT_ROUTES,
]
