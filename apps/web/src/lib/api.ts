import { createClient } from '@spends/client'

/** Where the instance runs: every address is one of the server that this page is from. */
export const ORIGIN = ''

/** Every call of the pages goes through this typed client. */
export const api = createClient({ url: ORIGIN })
