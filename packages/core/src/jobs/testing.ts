import type { Context } from '../context.ts'
import { localFiles } from '../files.ts'
import { createRetailer } from '../retailers.ts'
import type { JobHandler, JobRun } from './handler.ts'
import { createRunner, type Runner, type RunnerOptions } from './runner.ts'
import type { Job } from './shapes.ts'
import { getJob } from './store.ts'

/** For jobs that touch no files. */
export const NOTHING_GIVEN: RunnerOptions['given'] = {
  files: localFiles('/nowhere'),
  folders: { imports: '/nowhere', backups: '/nowhere' },
  buckets: {},
  appVersion: '1.2.3',
}

/** A job that adds retailers named after itself, one in each transaction, and takes them away again. */
export function createRetailerJob(onAdded: (job: JobRun, added: number) => Promise<void> | void = () => {}) {
  const cleaned: string[] = []
  const handler: JobHandler = {
    async run(job) {
      const { count } = job.params as { count: number }
      for (let added = 1; added <= count; added += 1) {
        await job.inTransaction((tx) => createRetailer(tx, { name: `${job.id} ${added}`, url: null }))
        await job.progress('write', added, count)
        await onAdded(job, added)
      }
      return { added: count }
    },
    async cleanUp(job) {
      cleaned.push(job.id)
      await job.inTransaction(({ db }) => db.deleteFrom('retailers').where('name', 'like', `${job.id} %`).execute())
    },
  }
  return { handler, cleaned }
}

/** The retailers that such a job has made. */
export async function madeBy({ db }: Context, id: string): Promise<number> {
  const rows = await db.selectFrom('retailers').select('id').where('name', 'like', `${id} %`).execute()
  return rows.length
}

/** A runner that looks when it is poked, and what it has logged. */
export function createTestRunner(ctx: Context, handler: JobHandler, options: Partial<RunnerOptions> = {}) {
  const logged: { level: string; details: object; message: string }[] = []
  const say = (level: string) => (details: object, message: string) => void logged.push({ level, details, message })
  const runner = createRunner({
    ctx,
    handlers: { IMPORT: handler },
    given: NOTHING_GIVEN,
    isContended: () => false,
    closeRequests: () => {},
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    ...options,
  })
  return { runner, logged }
}

/** Has the runner do all there is. */
export async function work(runner: Runner): Promise<void> {
  runner.poke()
  await runner.idle()
}

/** Makes the worker of a job look dead, wherever it runs. */
export async function ageHeartbeat({ db }: Context, id: string): Promise<void> {
  await db.updateTable('jobs').set({ heartbeat_at: '2020-01-01T00:00:00Z' }).where('id', '=', id).execute()
}

export async function statusOf(ctx: Context, id: string): Promise<Job['status']> {
  return (await getJob(ctx, { id })).status
}
