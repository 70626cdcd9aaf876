import { exportUrl } from '@spends/client'
import { ORIGIN } from '../../lib/api.ts'
import { component } from '../../lib/component.ts'

/** Links to everything as a file. */
export function registerExports(): void {
  component('exports', () => ({ json: exportUrl(ORIGIN, 'json'), csv: exportUrl(ORIGIN, 'csv') }))
}
