import test from "ava";
import { DataTypes, type ModelStatic, QueryTypes, type Sequelize } from "sequelize";
import { CopyEncoder } from "../../../../worker/data/binary-copy/encoder.ts";
import { copyColumns } from "../../../../worker/data/binary-copy/model-columns.ts";
import { UnencodableValue } from "../../../../worker/data/binary-copy/unencodable-value.ts";
import { connect } from "../../../../worker/data/database.ts";
import { TableRepository } from "../../../../worker/data/repositories/table.ts";
import { testDatabase } from "../../../database.ts";

type Value = unknown;

/** A column of one type, the values that go in, and what PostgreSQL says of them as text. */
interface Case {
  title: string;
  type: unknown;
  values: readonly (readonly [value: Value, text: string | null])[];
}

const cases: Case[] = [
  {
    title: "SMALLINT",
    type: DataTypes.SMALLINT,
    values: [
      [-32768, "-32768"],
      [32767, "32767"],
      [null, null],
    ],
  },
  {
    title: "INTEGER",
    type: DataTypes.INTEGER,
    values: [
      [-2147483648, "-2147483648"],
      [2147483647, "2147483647"],
      [0, "0"],
    ],
  },
  {
    title: "BIGINT",
    type: DataTypes.BIGINT,
    values: [
      [0, "0"],
      [-1, "-1"],
      [4294967296, "4294967296"],
      [-4294967297, "-4294967297"],
      [Number.MAX_SAFE_INTEGER, "9007199254740991"],
      [9223372036854775807n, "9223372036854775807"],
      ["-9223372036854775808", "-9223372036854775808"],
    ],
  },
  {
    title: "REAL",
    type: DataTypes.REAL,
    values: [
      [1.5, "1.5"],
      [Number.NaN, "NaN"],
    ],
  },
  {
    title: "DOUBLE",
    type: DataTypes.DOUBLE,
    values: [
      [0.1, "0.1"],
      [-1e300, "-1e+300"],
      [Number.POSITIVE_INFINITY, "Infinity"],
    ],
  },
  { title: "FLOAT", type: DataTypes.FLOAT, values: [[0.1, "0.1"]] },
  {
    title: "DECIMAL",
    type: DataTypes.DECIMAL,
    values: [
      ["0", "0"],
      ["0.00", "0.00"],
      ["-1", "-1"],
      ["12345678901234567890.123456789", "12345678901234567890.123456789"],
      ["0.0001", "0.0001"],
      ["-0.00012", "-0.00012"],
      ["10000", "10000"],
      ["100000000.5", "100000000.5"],
      [1.25, "1.25"],
      [1e-7, "0.0000001"],
      ["1.5e3", "1500"],
      [1e21, "1000000000000000000000"],
      [12n, "12"],
      ["NaN", "NaN"],
    ],
  },
  {
    title: "BOOLEAN",
    type: DataTypes.BOOLEAN,
    values: [
      [true, "true"],
      [false, "false"],
    ],
  },
  {
    title: "TEXT",
    type: DataTypes.TEXT,
    values: [
      ["", ""],
      ["plain", "plain"],
      ["Zürich \u{1F6EC} \\N \t\n'", "Zürich \u{1F6EC} \\N \t\n'"],
      ["x".repeat(24), "x".repeat(24)],
      ["x".repeat(25), "x".repeat(25)],
      ["é".repeat(100_000), "é".repeat(100_000)],
      [null, null],
    ],
  },
  { title: "STRING(5)", type: DataTypes.STRING(5), values: [["abcde", "abcde"]] },
  { title: "CHAR(2)", type: DataTypes.CHAR(2), values: [["MA", "MA"]] },
  {
    title: "ENUM",
    type: DataTypes.ENUM("on", "off"),
    values: [
      ["on", "on"],
      [null, null],
    ],
  },
  {
    title: "DATE",
    type: DataTypes.DATE,
    values: [
      [new Date("2001-01-13T14:56:00Z"), "2001-01-13 14:56:00+00"],
      [new Date("1969-12-31T23:59:59.999Z"), "1969-12-31 23:59:59.999+00"],
      ["2000-01-01T00:00:00.001Z", "2000-01-01 00:00:00.001+00"],
    ],
  },
  {
    title: "DATEONLY",
    type: DataTypes.DATEONLY,
    values: [
      ["2001-02-28", "2001-02-28"],
      ["1900-03-01", "1900-03-01"],
      [new Date("2004-02-29T23:00:00Z"), "2004-02-29"],
    ],
  },
  {
    title: "TIME",
    type: DataTypes.TIME,
    values: [
      ["23:59:59.5", "23:59:59.5"],
      ["00:01", "00:01:00"],
    ],
  },
  {
    title: "UUID",
    type: DataTypes.UUID,
    values: [["0123abcd-4567-89ef-0123-456789abcdef", "0123abcd-4567-89ef-0123-456789abcdef"]],
  },
  { title: "JSON", type: DataTypes.JSON, values: [[{ a: [1, "ü"] }, '{"a":[1,"ü"]}']] },
  {
    title: "JSONB",
    type: DataTypes.JSONB,
    values: [
      [{ a: [1, null] }, '{"a": [1, null]}'],
      ["text", '"text"'],
    ],
  },
  { title: "BLOB", type: DataTypes.BLOB, values: [[Buffer.from([0, 255]), "\\x00ff"]] },
  {
    title: "ARRAY(TEXT)",
    type: DataTypes.ARRAY(DataTypes.TEXT),
    values: [
      [["a", null, "b c"], '{a,NULL,"b c"}'],
      [[], "{}"],
      [Array(300).fill("xyz"), `{${Array(300).fill("xyz")}}`],
    ],
  },
  { title: "ARRAY(INTEGER)", type: DataTypes.ARRAY(DataTypes.INTEGER), values: [[[1, -2], "{1,-2}"]] },
];

for (const { title, type, values } of cases) {
  test(`a model's ${title} arrives as PostgreSQL itself would store it`, async (t) => {
    const sequelize = connect(await testDatabase(t), { applicationName: "tests" });
    try {
      const model = await modelOf(sequelize, type);
      const encoder = new CopyEncoder<{ id: number; value: Value }>(copyColumns(model));
      values.forEach(([value], id) => {
        encoder.add({ id, value });
      });
      await sequelize.transaction((transaction) =>
        new TableRepository(sequelize, model).copy(encoder.take(), transaction),
      );
      await sequelize.query("SET timezone = 'UTC'");
      const rows = await sequelize.query<{ text: string | null }>(
        'SELECT "value"::text AS text FROM "values" ORDER BY id',
        {
          type: QueryTypes.SELECT,
        },
      );
      t.deepEqual(
        rows.map(({ text }) => text),
        values.map(([, text]) => text),
      );
    } finally {
      await sequelize.close();
    }
  });
}

async function modelOf(sequelize: Sequelize, type: unknown): Promise<ModelStatic<never>> {
  const model = sequelize.define("values", {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    value: { type: type as never },
  });
  await model.sync();
  return model as ModelStatic<never>;
}

const refusals: readonly (readonly [
  format:
    | "int2"
    | "int4"
    | "int8"
    | "float8"
    | "bool"
    | "text"
    | "date"
    | "time"
    | "timestamptz"
    | "uuid"
    | "numeric"
    | "bytea",
  value: Value,
  message: string,
])[] = [
  ["int2", 32768, "amount is 32768; it must be a whole number from -32768 to 32767"],
  ["int4", 1.5, "amount is 1.5; it must be a whole number from -2147483648 to 2147483647"],
  ["int4", "1", 'amount is "1"; it must be a whole number from -2147483648 to 2147483647'],
  [
    "int8",
    2 ** 53,
    "amount is 9007199254740992; it must be a whole number of 64 bits (beyond 2^53 as bigint or string)",
  ],
  [
    "int8",
    1n << 63n,
    "amount is 9223372036854775808; it must be a whole number of 64 bits (beyond 2^53 as bigint or string)",
  ],
  ["float8", "x", 'amount is "x"; it must be a number'],
  ["bool", 1, "amount is 1; it must be true or false"],
  ["text", 1, "amount is 1; it must be a string"],
  ["text", "a\u0000b", 'amount is "a\\u0000b"; it must be without the character U+0000'],
  ["date", "2001-02-29", 'amount is "2001-02-29"; it must be a date as YYYY-MM-DD or a Date'],
  ["time", "24:00", 'amount is "24:00"; it must be a time as HH:MM or HH:MM:SS[.ffffff]'],
  ["timestamptz", new Date("x"), "amount is Date NaN; it must be a Date or an ISO 8601 time"],
  ["uuid", "0", 'amount is "0"; it must be a UUID'],
  ["numeric", "1,5", 'amount is "1,5"; it must be a decimal number as number, bigint or string'],
  ["bytea", "x", 'amount is "x"; it must be a Buffer'],
];

for (const [format, value, message] of refusals) {
  test(`${format} refuses ${JSON.stringify(String(value))} with a sentence, and the row is left out`, (t) => {
    const encoder = new CopyEncoder([{ property: "amount", name: "amount", format, nullable: true }]);
    const empty = encoder.bytes;
    const error = t.throws(() => encoder.add({ amount: value }), { instanceOf: UnencodableValue });
    t.is(error.message, message);
    t.is(encoder.bytes, empty);
    t.is(encoder.rows, 0);
  });
}

test("null in a NOT NULL column is refused before the server sees it", (t) => {
  const encoder = new CopyEncoder([{ property: "amount", name: "amount", format: "int4", nullable: false }]);
  t.throws(() => encoder.add({ amount: null }), {
    message: "amount is null; it must be a value (the column is NOT NULL)",
  });
});

test("after `take` the encoder starts anew", (t) => {
  const encoder = new CopyEncoder([{ property: "amount", name: "amount", format: "int4", nullable: false }]);
  encoder.add({ amount: 1 });
  const first = encoder.take();
  encoder.add({ amount: 1 });
  t.deepEqual(encoder.take(), first);
});

test("a type that COPY can't write is refused by name, before any row", (t) => {
  const model = { name: "places", getAttributes: () => ({ at: { type: DataTypes.GEOMETRY() } }) };
  t.throws(() => copyColumns(model as never), { message: "places.at: rows of type GEOMETRY can't be written by COPY" });
});
