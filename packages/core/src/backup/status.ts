import { toInstant } from '../calendar.ts'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import type { JobFolders } from '../jobs/handler.ts'
import type { Job } from '../jobs/shapes.ts'
import { listJobs } from '../jobs/store.ts'
import { getSettings } from '../settings.ts'
import { readConfig } from './config.ts'
import { findNextRun } from './due.ts'
import { readFolder } from './folder.ts'
import type { BackupRecord } from './record.ts'
import { nextRun } from './schedule.ts'
import { type Backup, type BackupStatus, type NewBackupReport, toBackup } from './shapes.ts'

/** How much later than planned a backup may come about. */
const PATIENCE_MS = 60 * 60 * 1000

/** How it stands with the backups. */
export async function getBackupStatus(ctx: Context & { readonly folders: JobFolders }): Promise<BackupStatus> {
  const { records, unreadable } = await look(ctx.folders.backups)
  const newest = records.find(({ trigger }) => trigger !== 'RESTORE_POINT')
  const last_backup = newest ? toBackup(newest) : null
  const running_job = await findJob(ctx, { kind: ['BACKUP', 'RESTORE', 'ERASE'], status: ['QUEUED', 'RUNNING'] })
  const next = await findNextRun(ctx)
  return {
    ...(running_job ? { state: 'RUNNING', problem: null } : both(unreadable, await judge(ctx, last_backup))),
    running_job,
    last_backup,
    next_scheduled_at: next ? toInstant(next) : null,
    file_count: last_backup?.file_count ?? 0,
    total_size: last_backup?.size ?? 0,
  }
}

type Judgement = Pick<BackupStatus, 'state' | 'problem'>

/** A folder that cannot be read, or not all of it, is what has to be told first. */
async function look(folder: string): Promise<{ records: BackupRecord[]; unreadable?: Judgement }> {
  try {
    const { records, problem } = await readFolder(folder)
    return problem === undefined ? { records } : { records, unreadable: { state: 'FAILED', problem } }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { records: [], unreadable: { state: 'FAILED', problem: error.message } }
  }
}

/** What is wrong with the folder, and what else is: neither hides the other. */
function both(folder: Judgement | undefined, other: Judgement): Judgement {
  if (!folder) return other
  return { state: 'FAILED', problem: [folder.problem, other.problem].filter((problem) => problem !== null).join(' ') }
}

async function judge(ctx: Context, last: Backup | null): Promise<Judgement> {
  const failure = await findFailure(ctx, last)
  if (failure) return { state: 'FAILED', problem: failure }
  const missed = await findMissed(ctx, last)
  if (!missed) return { state: 'IDLE', problem: null }
  return { state: 'OVERDUE', problem: `The backup of ${toInstant(missed)} was not made.` }
}

/** What went wrong with the last backup. */
async function findFailure(ctx: Context, last: Backup | null): Promise<string | undefined> {
  const job = await findJob(ctx, { kind: ['BACKUP'], status: ['SUCCEEDED', 'FAILED', 'INTERRUPTED'] })
  if (!job) return undefined
  if (job.status === 'SUCCEEDED') {
    const { copies } = job.result as NewBackupReport
    return copies.find(({ problem }) => problem !== null)?.problem ?? undefined
  }
  // Somebody may have made one without a job since.
  if (last && last.created_at > (job.finished_at ?? '')) return undefined
  return job.error ?? undefined
}

/** When a backup should have come about by now, and did not. */
async function findMissed(ctx: Context, last: Backup | null): Promise<Date | undefined> {
  const config = await readConfig(ctx)
  const since = [config.scheduled_since, last?.created_at]
    .flatMap((instant) => instant ?? [])
    .sort()
    .at(-1)
  if (config.scheduled_since === null || since === undefined) return undefined
  const { time_zone } = await getSettings(ctx)
  const due = nextRun(config, time_zone, new Date(since))
  return due && due.getTime() + PATIENCE_MS < ctx.now().getTime() ? due : undefined
}

async function findJob(
  ctx: Context,
  filter: Pick<Parameters<typeof listJobs>[1], 'kind' | 'status'>,
): Promise<Job | null> {
  const { items } = await listJobs(ctx, { skip: 0, limit: 1, ...filter })
  return items[0] ?? null
}
