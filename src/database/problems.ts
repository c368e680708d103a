import type { DatabaseError } from './errors.ts';

/** Why the database can't be used and what to do, for the log and the doctor. @param location from `Database` */
export function databaseProblem({ code, message }: DatabaseError, location: string): string {
  switch (code) {
    case 'not_writable':
      return `The database ${location} isn't writable. Set DATA_DIR to a folder that the bot's user may write to, or give the database user of DATABASE_URL the right to create tables and to write`;
    case 'full':
      return `The database ${location} cannot grow, because its disk is full. Free some space`;
    case 'locked':
      return `The database ${location} is locked by another process. End what holds it open, such as a database tool`;
    case 'credentials_rejected':
      return `The database ${location} refuses the user or the password of DATABASE_URL. Correct them`;
    case 'unreachable':
      return `The database ${location} cannot be reached. Check DATABASE_URL, the database server and the network`;
    case 'schema_too_new':
      return `The database ${location} was changed by a newer version of the bot. Run that version, or restore a backup from before`;
    case 'failed':
      return `The database ${location} does not work: ${message}`;
  }
}
