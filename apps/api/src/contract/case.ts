import type { ThingName } from './world.ts'

type Ids = Readonly<Record<ThingName, string>>
/** What the case is about; `done` or the code it fails with; the input, in a world. */
export type Case = readonly [what: string, expected: string, inputOf?: (ids: Ids) => object]

export const INVALID = 'UNPROCESSABLE_CONTENT'
