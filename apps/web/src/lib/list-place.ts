/** Which part of a list is shown. */
export interface ListPlace {
  skip: number
  limit: number
}

/** How many rows a page can have; the first unless somebody says otherwise. */
export const LIMITS = [20, 50, 100] as const

/** Reads from an address which part of a list it asks for. What no list has is passed over. */
export function readPlace(query: URLSearchParams): ListPlace {
  const skip = Number(query.get('skip'))
  return {
    skip: Number.isSafeInteger(skip) && skip > 0 ? skip : 0,
    limit: LIMITS.find((limit) => limit === Number(query.get('limit'))) ?? LIMITS[0],
  }
}

/** The same as `writeAddress` takes it; what goes without saying is left out. */
export function placeInAddress({ skip, limit }: ListPlace): { skip: string | undefined; limit: string | undefined } {
  return {
    skip: skip === 0 ? undefined : String(skip),
    limit: limit === LIMITS[0] ? undefined : String(limit),
  }
}
