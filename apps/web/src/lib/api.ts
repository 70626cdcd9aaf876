import { createClient } from '@spends/client'

/** Where the instance runs that serves this page. */
export const ORIGIN = location.origin

/** Every call of the pages goes through this typed client. */
export const api = createClient({ url: ORIGIN })
