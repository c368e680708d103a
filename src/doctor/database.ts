import type { Config } from '../config/config.ts';
import { checkDatabase, databaseLocation } from '../database/database.ts';
import { DatabaseError } from '../database/errors.ts';
import { databaseProblem } from '../database/problems.ts';
import { type Check, failed, passed } from './check.ts';

/** Checks whether the bot can keep its records. */
export async function* checkRecords({ database }: Config): AsyncGenerator<Check> {
  const location = databaseLocation(database);
  try {
    await checkDatabase(database);
    yield passed(`Records: ${location} is writable`);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    yield failed(`Records: ${databaseProblem(error, location)}`);
  }
}
