/*
 * Between threads of one process that write to one file. Its lock goes to whoever asks at the right instant, so a
 * thread that begins a transaction right after its last one keeps out those that ask on timers. Here the threads that
 * serve requests say that they wait, and the one that does long work lets them go first.
 */

/** A thread's side of the gate. */
export interface Gate {
  /** From `newGateMemory`, the same one in every thread. */
  readonly memory: SharedArrayBuffer
  /** Whether this thread lets the others go first. */
  readonly isBackground: boolean
}

/** What the threads of a process share. */
export function newGateMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** Says that somebody waits for the lock of the file. @returns the function that says that he does not any more */
export function announceWaiting({ memory }: Gate): () => void {
  const waiting = new Int32Array(memory)
  Atomics.add(waiting, 0, 1)
  return () => void Atomics.sub(waiting, 0, 1)
}

/** Whether somebody waits. */
export function isAwaited({ memory }: Gate): boolean {
  return Atomics.load(new Int32Array(memory), 0) > 0
}
