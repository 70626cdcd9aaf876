/*
 * What a browser keeps for its pages: how things look, or what somebody looks at, never what they own. Browsers that are
 * told to keep nothing throw at the first touch of their storage; pages work there too, and forget.
 */

interface Memory {
  /** @returns null for what was never kept, or can't be */
  get(key: string): string | null
  /** @param value null forgets it */
  set(key: string, value: string | null): void
}

/** Between visits. */
export const browserMemory = memory(() => localStorage)

/** Of this window, through a reload. */
export const windowMemory = memory(() => sessionStorage)

function memory(storage: () => Storage): Memory {
  return {
    get(key) {
      try {
        return storage().getItem(key)
      } catch {
        // Kept nothing, see above.
        return null
      }
    },
    set(key, value) {
      try {
        if (value === null) storage().removeItem(key)
        else storage().setItem(key, value)
      } catch {
        // Keeps nothing, see above; a full storage comes to the same.
      }
    },
  }
}
