import { explain, isAbort, type ShownFailure } from './failure.ts'

/** Something to read, and how it stands with that. Made for a component's data: its templates show every state. */
export interface Resource<T> {
  /** What was read last; stays while it is read again. */
  data: T | null
  failure: ShownFailure | null
  isLoading: boolean
  /** Nothing there yet, and no failure: what skeletons stand for. */
  readonly isEmptyYet: boolean
  /** Reads it, or reads it again; who asks twice gets the later answer only. Never rejects. */
  load(): Promise<void>
}

/** @param read is given a signal that says when its answer is no longer wanted */
export function resource<T>(read: (signal: AbortSignal) => Promise<T>): Resource<T> {
  let current: AbortController | undefined
  const made: Resource<T> & { isWaiting: boolean } = {
    data: null,
    failure: null,
    isLoading: false,
    isWaiting: false,
    get isEmptyYet() {
      return this.data === null && this.failure === null
    },
    async load() {
      current?.abort()
      const own = new AbortController()
      current = own
      this.isLoading = true
      try {
        const data = await read(own.signal)
        if (current !== own) return
        this.data = data
        this.failure = null
      } catch (error) {
        if (current !== own || isAbort(error)) return
        this.failure = explain(error)
        // What stops answering for a while is asked again when it is back.
        if (!this.isWaiting) {
          this.isWaiting = true
          window.addEventListener(
            'spends:back',
            () => {
              this.isWaiting = false
              if (this.failure) void this.load()
            },
            { once: true },
          )
        }
      } finally {
        if (current === own) this.isLoading = false
      }
    },
  }
  return made
}
