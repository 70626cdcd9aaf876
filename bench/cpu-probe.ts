/*
 * Loaded into a server before its program (`node --import`): answers every message of its parent with the CPU time
 * that the process has used so far, on all its threads.
 */
import { isMainThread } from 'node:worker_threads'

// The threads of the server load it too.
if (isMainThread) {
  process.on('message', () => process.send?.(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
  // The parent may have gone before this could hear of it.
  if (!process.connected) process.exit()
}
