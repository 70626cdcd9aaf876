import type { QueryExecutorProvider } from 'kysely'
import { foundation } from './001-foundation.ts'
import { statistics } from './002-statistics.ts'
import { search } from './003-search.ts'
import { jobs } from './004-jobs.ts'
import { backup } from './005-backup.ts'
import { filters } from './006-filters.ts'
import { removedAttachments } from './007-removed-attachments.ts'

export interface Migration {
  /** Starts with a number of three digits; never changes once released. */
  readonly name: string
  /** Both run inside a transaction, with raw SQL: the table types of the day may be others than today's. */
  up(db: QueryExecutorProvider): Promise<void>
  down(db: QueryExecutorProvider): Promise<void>
}

/** In order of age. Only ever append: released databases have run these. */
export const migrations: readonly Migration[] = [
  foundation,
  statistics,
  search,
  jobs,
  backup,
  filters,
  removedAttachments,
]
