/** How long work on a backup is watched and stopped. */
export interface WorkOptions<Stage extends string> {
  /** Is awaited; what it throws ends the work, which then cleans up after itself. */
  onProgress?: ((stage: Stage, done: number, total: number) => Promise<void> | void) | undefined
  signal?: AbortSignal | undefined
  /** Is told each step on files and the database before it is taken: tests make any of them fail. */
  step?: ((name: string) => Promise<void> | void) | undefined
}

/** Work under way. */
export interface Work<Stage extends string> {
  progress(stage: Stage, done: number, total: number): Promise<void>
  /** Goes before every step that may fail. */
  step(name: string): Promise<void>
}

export function startWork<Stage extends string>({ onProgress, signal, step }: WorkOptions<Stage>): Work<Stage> {
  return {
    progress: async (stage, done, total) => {
      signal?.throwIfAborted()
      await onProgress?.(stage, done, total)
    },
    step: async (name) => {
      signal?.throwIfAborted()
      await step?.(name)
    },
  }
}
