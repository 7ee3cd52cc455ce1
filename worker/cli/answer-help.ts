/** What --help says of the flags of schema-answers.ts. */
export const answerHelp = `  --rename TABLE.OLD=NEW, --rename OLD=NEW
                        a column, a table (NEW with a schema: it moves there) or an enum's value has a new name
  --drop TABLE.COLUMN, --drop TABLE
                        it is gone, and what looks like its new name is something else
  --backfill TABLE.COLUMN=SQL
                        fills the column where it is NULL; a dropped value of an enum, too
                        These three may be given any number of times. A name with a dot stands in double quotes.`;
