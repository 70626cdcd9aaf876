/**
 * The type of the server's router. The build (`write-router-type.ts`) puts the written-out type here, so that nobody
 * needs the server's packages to use this one.
 */
export type { AppRouter } from '@spends/api/router'
