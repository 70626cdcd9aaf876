/** The jobs that keep a log by which they are undone, and what each is called. */
export const UNDOABLE = { IMPORT: 'import', CHANGE: 'change', DELETE: 'deletion' } as const
export type UndoableKind = keyof typeof UNDOABLE
export const UNDOABLE_KINDS = Object.keys(UNDOABLE) as UndoableKind[]
