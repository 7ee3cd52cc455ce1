/** Major version of PostgreSQL that the worker is made for: of the RDS instance, and so of the local database. */
export const supportedMajor = 17;
