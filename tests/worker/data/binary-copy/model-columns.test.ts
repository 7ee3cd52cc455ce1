import test from "ava";
import { DataTypes, type ModelStatic, Sequelize } from "sequelize";
import { copyColumns } from "../../../../worker/data/binary-copy/model-columns.ts";

const now = new Date("2001-02-03T04:05:06Z");

/** A model in a Sequelize that nobody connects. */
function columnsOf(attributes: object, options: object = { timestamps: false }) {
  const sequelize = new Sequelize("postgresql://nowhere", { dialect: "postgres" });
  const model = sequelize.define("places", attributes as never, options) as ModelStatic<never>;
  return copyColumns(model, now);
}

const key = { id: { type: DataTypes.INTEGER, primaryKey: true } };

test("a type that COPY can't write is refused by name, before any row", (t) => {
  const message = (type: unknown) => t.throws(() => columnsOf({ at: { type } }), { instanceOf: TypeError }).message;
  t.is(message(DataTypes.GEOMETRY()), "places.at: rows of type GEOMETRY can't be written by COPY");
  t.is(message(DataTypes.ARRAY(DataTypes.JSONB)), "places.at: rows of type ARRAY(JSONB) can't be written by COPY");
});

const bounds: readonly (readonly [title: string, type: unknown, expected: object])[] = [
  ["STRING(5)", DataTypes.STRING(5), { format: "text", length: 5 }],
  ["STRING, which Sequelize creates as varchar(255)", DataTypes.STRING, { format: "text", length: 255 }],
  ["CHAR(2)", DataTypes.CHAR(2), { format: "text", length: 2 }],
  ["TEXT", DataTypes.TEXT("medium"), { format: "text" }],
  ["ARRAY(CHAR(2))", DataTypes.ARRAY(DataTypes.CHAR(2)), { format: { arrayOf: "text", oid: 1042 }, length: 2 }],
  ["DECIMAL", DataTypes.DECIMAL, { format: "numeric" }],
  ["DECIMAL(5)", DataTypes.DECIMAL(5), { format: "numeric", decimal: { precision: 5, scale: 0 } }],
  ["DECIMAL(5, 2)", DataTypes.DECIMAL(5, 2), { format: "numeric", decimal: { precision: 5, scale: 2 } }],
];

for (const [title, type, expected] of bounds) {
  test(`a column knows the bounds of ${title}`, (t) => {
    t.deepEqual(columnsOf({ ...key, at: { type } })[1], { property: "at", name: "at", nullable: true, ...expected });
  });
}

const defaults: readonly (readonly [title: string, value: unknown, expected: unknown])[] = [
  ["a constant", "here", { value: "here" }],
  ["false", false, { value: false }],
  ["NOW", DataTypes.NOW, { value: now }],
  ["UUIDV4", DataTypes.UUIDV4, "computed"],
  ["UUIDV1", DataTypes.UUIDV1, "computed"],
  ["a function", () => "here", "computed"],
  ["an SQL expression", Sequelize.literal("now()"), "computed"],
  ["null", null, undefined],
  ["none", undefined, undefined],
];

for (const [title, value, expected] of defaults) {
  test(`the default of a column: ${title}`, (t) => {
    const attribute = { type: DataTypes.TEXT, ...(value === undefined ? {} : { defaultValue: value }) };
    const columns = columnsOf({ ...key, at: attribute });
    t.deepEqual(columns[1]?.default, expected as never);
    t.deepEqual(structuredClone(columns), columns);
  });
}

test("Sequelize's own timestamps get the time when the columns were made", (t) => {
  const columns = columnsOf(key, { paranoid: true, createdAt: "made", underscored: true });
  t.deepEqual(
    columns.map(({ property, name, default: given }) => [property, name, given]),
    [
      ["id", "id", undefined],
      ["made", "made", { value: now }],
      ["updatedAt", "updated_at", { value: now }],
      ["deletedAt", "deleted_at", undefined],
    ],
  );
});
