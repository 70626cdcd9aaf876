import { JOB_HANDLERS } from '@spends/core'
import { serveJobs } from './job-thread.ts'

/* The thread in which long work is done, off the one that answers requests. */
await serveJobs(JOB_HANDLERS)
