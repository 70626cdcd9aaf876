/** Migrates the database of its first argument and prints the names of the migrations that ran. */
import { connectDatabase } from '../connect.ts'
import { migrateUp } from '../migrate.ts'
import { barrier } from './programs.ts'

const database = connectDatabase({ url: process.argv[2], dataDir: '' })
await barrier()
process.stdout.write(JSON.stringify(await migrateUp(database.db)))
await database.close()
process.stdin.destroy()
