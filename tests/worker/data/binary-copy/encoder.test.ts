import test from "ava";
import { DataTypes, type ModelStatic, QueryTypes, type Sequelize } from "sequelize";
import type { CopyColumn, ScalarFormat } from "../../../../worker/data/binary-copy/column.ts";
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
      [Number.NEGATIVE_INFINITY, "-Infinity"],
      [3.4028235e38, "3.4028235e+38"],
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
      [Number.NEGATIVE_INFINITY, "-Infinity"],
      ["0e999999999", "0"],
      ["-00012.50", "-12.50"],
      ["9".repeat(131_072), "9".repeat(131_072)],
      ["1e131071", `1${"0".repeat(131_071)}`],
      ["1e-16383", `0.${"0".repeat(16_382)}1`],
    ],
  },
  {
    title: "DECIMAL(5, 2)",
    type: DataTypes.DECIMAL(5, 2),
    values: [
      ["999.994", "999.99"],
      [-999.99, "-999.99"],
      ["99.995", "100.00"],
      ["0.001", "0.00"],
      [Number.NaN, "NaN"],
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
  {
    title: "STRING(5)",
    type: DataTypes.STRING(5),
    values: [
      ["abcde", "abcde"],
      ["\u{1F6EC}".repeat(5), "\u{1F6EC}".repeat(5)],
      ["abcde  ", "abcde"],
    ],
  },
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
      ["2001-02-03", "2001-02-03 00:00:00+00"],
      ["2001-02-03 04:05", "2001-02-03 04:05:00+00"],
      ["2001-02-03T04:05:06.123456", "2001-02-03 04:05:06.123456+00"],
      ["1999-12-31T23:59:59.999999Z", "1999-12-31 23:59:59.999999+00"],
      ["2001-02-03T04:05:06.1+05:30", "2001-02-02 22:35:06.1+00"],
      ["2001-02-03T04:05:06-0330", "2001-02-03 07:35:06+00"],
      ["2001-02-03T04:05+02", "2001-02-03 02:05:00+00"],
      ["9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999+00"],
      [new Date("9999-12-31T23:59:59.999Z"), "9999-12-31 23:59:59.999+00"],
      ["0001-01-01", "0001-01-01 00:00:00+00"],
      [new Date("-004712-01-01T00:00:00Z"), "4713-01-01 00:00:00+00 BC"],
    ],
  },
  {
    title: "DATEONLY",
    type: DataTypes.DATEONLY,
    values: [
      ["2001-02-28", "2001-02-28"],
      ["1900-03-01", "1900-03-01"],
      ["0001-01-01", "0001-01-01"],
      ["0099-12-31", "0099-12-31"],
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
  {
    title: "JSON",
    type: DataTypes.JSON,
    values: [
      [{ a: [1, "ü"] }, '{"a":[1,"ü"]}'],
      ["\u0000\ud800", '"\\u0000\\ud800"'],
    ],
  },
  {
    title: "JSONB",
    type: DataTypes.JSONB,
    values: [
      [{ a: [1, null] }, '{"a": [1, null]}'],
      ["text", '"text"'],
      ["\\u0000 \\\\ud800 \u{1F6EC}\u0001", '"\\\\u0000 \\\\\\\\ud800 \u{1F6EC}\\u0001"'],
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

const instants = "a time that exists, as a Date or YYYY-MM-DD[THH:MM[:SS[.ffffff]][Z|+HH:MM]] (UTC without a zone)";
const dates = "a date that exists, as YYYY-MM-DD or a Date";
const surrogates = "without halves of characters (lone surrogates)";
const jsonbText = "without the character U+0000 and halves of characters (lone surrogates)";

const refusals: readonly (readonly [
  column: ScalarFormat | Pick<CopyColumn, "format" | "length" | "values" | "decimal">,
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
  ["float4", 3.5e38, "amount is 3.5e+38; it must be a number from -3.4028235e38 to 3.4028235e38"],
  ["float4", -1e300, "amount is -1e+300; it must be a number from -3.4028235e38 to 3.4028235e38"],
  ["float8", "x", 'amount is "x"; it must be a number'],
  ["bool", 1, "amount is 1; it must be true or false"],
  ["text", 1, "amount is 1; it must be a string"],
  ["text", { a: [1] }, 'amount is {"a":[1]}; it must be a string'],
  ["text", "a\u0000b", 'amount is "a\\u0000b"; it must be without the character U+0000'],
  ["text", "a\ud800b", `amount is "a\\ud800b"; it must be ${surrogates}`],
  ["text", `${"x".repeat(30)}\udc00`, `amount is "${"x".repeat(30)}\\udc00"; it must be ${surrogates}`],
  [{ format: "text", length: 3 }, "abcd", 'amount is "abcd"; it must be at most 3 characters long'],
  [{ format: "text", values: ["on", "off"] }, "On", 'amount is "On"; it must be one of on, off'],
  [
    { format: "text", length: 2 },
    "\u{1F6EC}\u{1F6EC} x",
    'amount is "\u{1F6EC}\u{1F6EC} x"; it must be at most 2 characters long',
  ],
  [
    { format: { arrayOf: "text", oid: 1043 }, length: 1 },
    ["a", "bc"],
    'amount[] is "bc"; it must be at most 1 characters long',
  ],
  ["date", "2001-02-29", `amount is "2001-02-29"; it must be ${dates}`],
  ["date", "2001-13-01", `amount is "2001-13-01"; it must be ${dates}`],
  ["date", "2001-00-10", `amount is "2001-00-10"; it must be ${dates}`],
  ["date", "2001-01-00", `amount is "2001-01-00"; it must be ${dates}`],
  ["date", "0000-01-01", `amount is "0000-01-01"; it must be ${dates}`],
  ["date", new Date(-8.64e15), `amount is Date -271821-04-20T00:00:00.000Z; it must be ${dates}`],
  ["time", "24:00", 'amount is "24:00"; it must be a time as HH:MM or HH:MM:SS[.ffffff]'],
  ["timestamptz", new Date("x"), `amount is Date NaN; it must be ${instants}`],
  ["timestamptz", new Date(-8.64e15), `amount is Date -271821-04-20T00:00:00.000Z; it must be ${instants}`],
  ...[
    "5",
    "foo 12",
    "12/11/2020",
    "2020-02-31",
    "2020-13-01T00:00Z",
    "2020-01-01T24:00",
    "2020-01-01T12:60Z",
    "2020-01-01T12:00:60Z",
    "2020-01-01T12:00:00.1234567Z",
    "2020-01-01T12:00+16",
    "2020-01-01T12:00+01:60",
    "2020-01-01T12:00+1",
    "2020-01-01Z",
    "2020-01-01T",
    " 2020-01-01",
    "2020-1-01",
    "",
  ].map((text) => ["timestamptz", text, `amount is "${text}"; it must be ${instants}`] as const),
  ["uuid", "0", 'amount is "0"; it must be a UUID'],
  ...["1,5", "", ".", "e5", "constructor", [5], true].map(
    (value) =>
      [
        "numeric",
        value,
        `amount is ${JSON.stringify(value)}; it must be a decimal number as number, bigint or string`,
      ] as const,
  ),
  ...["1e131072", "1e999999999", "1e-16384", "1e-99999999999999999999", `1e${"9".repeat(50)}`].map(
    (text) =>
      [
        "numeric",
        text,
        `amount is "${text}"; it must be of at most 131072 digits before the point and 16383 after it`,
      ] as const,
  ),
  ...([1000, "999.995", -1e10, Number.POSITIVE_INFINITY] as const).map(
    (value) =>
      [
        { format: "numeric", decimal: { precision: 5, scale: 2 } },
        value,
        `amount is ${typeof value === "string" ? `"${value}"` : value}; it must be a number of at most 3 digits before the point (DECIMAL(5, 2))`,
      ] as const,
  ),
  ["bytea", "x", 'amount is "x"; it must be a Buffer'],
  ["json", () => 1, "amount is a function; it must be what JSON can say"],
  ["json", Symbol("x"), "amount is Symbol(x); it must be what JSON can say"],
  ["json", { a: 1n }, "amount is an object; it must be what JSON can say (Do not know how to serialize a BigInt)"],
  ["jsonb", cyclic(), "amount is an object; it must be what JSON can say (Converting circular structure to JSON)"],
  ["jsonb", { a: "\u0000" }, `amount is {"a":"\\u0000"}; it must be ${jsonbText}`],
  ["jsonb", { "\udfff": 1 }, `amount is {"\\udfff":1}; it must be ${jsonbText}`],
  ["jsonb", "\\\ud800", `amount is "\\\\\\ud800"; it must be ${jsonbText}`],
];

function cyclic(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}

for (const [column, value, message] of refusals) {
  const description = typeof column === "string" ? { format: column } : column;
  test(`refused with a sentence, and the row is left out: ${JSON.stringify(column)}, ${message}`, (t) => {
    const encoder = new CopyEncoder([{ property: "amount", name: "amount", nullable: true, ...description }]);
    const empty = new CopyEncoder([]).take();
    const error = t.throws(() => encoder.add({ amount: value }), { instanceOf: UnencodableValue });
    t.is(error.message, message);
    t.is(encoder.rows, 0);
    t.deepEqual(encoder.take(), empty);
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

test("a column's default is taken where the row has no property, and null stays null", (t) => {
  const column = { property: "a", name: "a", format: "text", nullable: true } as const;
  const written = (row: object, given: Partial<CopyColumn>) => {
    const encoder = new CopyEncoder([{ ...column, ...given }]);
    encoder.add(row);
    return encoder.take();
  };
  t.deepEqual(written({}, { default: { value: "x" } }), written({ a: "x" }, {}));
  t.deepEqual(written({ a: null }, { default: { value: "x" } }), written({ a: null }, {}));
  t.deepEqual(written({ a: "y" }, { default: { value: "x" } }), written({ a: "y" }, {}));
  t.deepEqual(written({ a: null }, { default: "computed" }), written({ a: null }, {}));
  t.throws(() => written({}, { default: "computed" }), {
    instanceOf: TypeError,
    message: "transform returns no a, and its defaultValue is one that only Sequelize computes; set a in transform",
  });
});
