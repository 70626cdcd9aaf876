import { component } from '../lib/component.ts'

/** A panel that is drawn, and shown as a table on demand. */
export function registerTableView(): void {
  component('tableView', () => ({
    asTable: false,

    toggle() {
      this.asTable = !this.asTable
    },
  }))
}
