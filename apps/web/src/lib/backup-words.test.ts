import type { Backup, BackupStatus } from '@spends/client'
import { expect, it } from 'vitest'
import { stateOf } from './backup-words.ts'

const last = { id: '01890a5d-ac96-774b-bcce-b302099a8057' } as Backup

it.each<[BackupStatus['state'], Backup | null, string]>([
  ['IDLE', null, 'none'],
  ['IDLE', last, 'healthy'],
  ['RUNNING', null, 'running'],
  ['OVERDUE', null, 'overdue'],
  ['FAILED', null, 'failed'],
  ['FAILED', last, 'failed'],
])('backups that are %s, the last one %j, are said to be: %s', (state, last_backup, shown) => {
  expect(stateOf({ state, last_backup })).toBe(shown)
})
