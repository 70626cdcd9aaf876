/*
 * Loaded into a program before it begins (`node --import`): when it ends, it writes to file descriptor 3 how much memory
 * it had at most, in kB, as Linux counts it.
 */
import { readFileSync, writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// The threads of the program load it too.
if (isMainThread) {
  process.on('exit', () => {
    writeSync(3, /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '')
  })
}
