/**
 * A thread whose jobs of kind IMPORT add retailers, one in each transaction, and take them away again. Of kind
 * UNDO are those that bring their thread down.
 */
import { createRetailer } from '@spends/core'
import { serveJobs } from '../job-thread.ts'

/** What such a job is asked to do. */
export interface RetailerJob {
  /** Its retailers are called `name 1`, `name 2`, ... */
  name: string
  count: number
}

await serveJobs({
  IMPORT: {
    async run(job) {
      const { name, count } = job.params as RetailerJob
      for (let added = 1; added <= count; added += 1) {
        await job.inTransaction((tx) => createRetailer(tx, { name: `${name} ${added}`, url: null }))
        await job.progress('write', added, count)
      }
      return { added: count }
    },
    async cleanUp(job) {
      const { name } = job.params as RetailerJob
      await job.inTransaction(({ db }) => db.deleteFrom('retailers').where('name', 'like', `${name} %`).execute())
    },
  },
  UNDO: {
    async run() {
      process.exit(3)
    },
    cleanUp: () => Promise.resolve(),
  },
})
