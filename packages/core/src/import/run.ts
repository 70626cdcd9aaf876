import { join } from 'node:path'
import { AppError, type FieldError, invalid } from '../errors.ts'
import type { JobHandler } from '../jobs/handler.ts'
import { takeBack } from '../undo/take-back.ts'
import { rememberColumns } from './columns.ts'
import { openImport } from './open.ts'
import { ImportParams, type ImportReport } from './options.ts'
import { importAll } from './pass.ts'

/**
 * Imports a file in short transactions that log what they change: the API stays quick meanwhile, and what a run leaves
 * behind that does not come to its end is taken back by the log.
 */
export const importHandler: JobHandler = {
  async run(job) {
    const { file_id, options } = ImportParams.parse(job.params)
    const file = await job.db.selectFrom('import_files').selectAll().where('id', '=', file_id).executeTakeFirst()
    if (!file) throw new AppError('GONE', 'The uploaded file is no longer there. Send it again.')
    let [isOpening, read] = [true, 0]
    const onBytes = async (count: number) => {
      read += count
      if (isOpening) await job.progress('reading', read)
    }
    const path = join(job.folders.imports, file.id)
    const reader = await openImport(job, { ...file, path }, options, { onBytes })
    const opened = { filename: file.filename, reader }
    isOpening = false
    if (options.on_error === 'abort' && !options.dry_run) {
      // Looked through to its end first: what is not going to be imported is never written.
      const found = await importAll(job, opened, { ...options, dry_run: true })
      if (found.failed > 0) throw invalid(found.errors.map(toFieldError))
    }
    const report = await importAll(job, opened, options)
    const { table } = reader
    if (table?.mapping_from === 'GIVEN' && !options.dry_run) {
      await job.inTransaction((tx) => rememberColumns(tx, table.header, table.columns))
    }
    return report
  },

  cleanUp: async (job) => {
    await takeBack(job, job.id)
  },
}

function toFieldError({ row, column, message }: ImportReport['errors'][number]): FieldError {
  return { path: ['rows', row, ...(column === null ? [] : [column])].join('.'), message }
}
