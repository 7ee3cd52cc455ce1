import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { csvSource } from "../../../../worker/data/sources/csv.ts";
import { BadRecord, type OpenSource } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";

async function fileOf(t: ExecutionContext, text: string): Promise<URL> {
  const file = path.join(await temporaryFolder(t), "people.csv");
  await writeFile(file, text);
  return pathToFileURL(file);
}

async function rowsOf<Item>(
  source: OpenSource<Item>,
  from = 0,
  to = source.rows,
): Promise<[number, Item | BadRecord][]> {
  const rows: [number, Item | BadRecord][] = [];
  for await (const { first, items } of source.read(from, to)) {
    items.forEach((item, index) => {
      rows.push([first + index, item]);
    });
  }
  return rows;
}

test("rows are numbered from 0, and any range of them can be read", async (t) => {
  const lines = Array.from({ length: 2500 }, (_, row) => `"name, ${row}",x,${row}`);
  const source = await csvSource(await fileOf(t, `name,other,age\r\n${lines.join("\r\n")}\r\n`), [
    "age",
    "name",
  ]).open();
  t.is(source.rows, 2500);
  const rows = await rowsOf(source);
  t.is(rows.length, 2500);
  t.deepEqual(rows[1234], [1234, { age: "1234", name: "name, 1234" }]);
  t.deepEqual(await rowsOf(source, 998, 1003), rows.slice(998, 1003));
  t.deepEqual(await rowsOf(source, 2500, 2500), []);
});

test("quoted line breaks, empty lines and a byte order mark don't disturb the count", async (t) => {
  const source = await csvSource(await fileOf(t, '\ufeffname\n"a\nb"\n\n"c ""d"""\n'), ["name"]).open();
  t.is(source.rows, 2);
  t.deepEqual(await rowsOf(source), [
    [0, { name: "a\nb" }],
    [1, { name: 'c "d"' }],
  ]);
});

test("a record with another number of fields is a bad record at its place", async (t) => {
  const source = await csvSource(await fileOf(t, "a,b\n1,2\n3\n4,5,6\n7,8\n"), ["a"]).open();
  const rows = await rowsOf(source);
  t.deepEqual(
    rows.map(([row, item]) => (item instanceof BadRecord ? [row, item.reason, item.record] : [row, item.a])),
    [
      [0, "1"],
      [1, "has 1 fields; the header has 2", ["3"]],
      [2, "has 3 fields; the header has 2", ["4", "5", "6"]],
      [3, "7"],
    ],
  );
});

test("the version follows the content, not the file", async (t) => {
  const [one, same, other] = await Promise.all(
    ["a\n1\n", "a\n1\n", "a\n2\n"].map(async (text) => (await csvSource(await fileOf(t, text), ["a"]).open()).version),
  );
  t.is(one, same as string);
  t.not(one, other);
});

const broken: readonly (readonly [title: string, text: string | null, message: RegExp])[] = [
  ["a missing file", null, /^Source .*people\.csv does not exist; run npm ci, or correct the path\.$/],
  ["an empty file", "", /^Source .*people\.csv is empty; a CSV file with a header was expected\.$/],
  ["other columns", "x,y\n1,2\n", /^Source .*people\.csv has no column "name"; its columns are "x", "y"\.$/],
  [
    "a file that ends in a quoted field",
    'name,age\n"An',
    /^Source .* is truncated: it ends inside a quoted field; fetch it again\.$/,
  ],
  [
    "a file that ends in a record",
    "name,age\nAnn,1\nBo",
    /^Source .* is truncated: it ends in row 1; fetch it again\.$/,
  ],
  ["quotes in the middle", 'name,age\nA"n"n,1\n', /^Source .* is not CSV: .+\.$/],
];

for (const [title, text, message] of broken) {
  test(`${title} ends in one sentence`, async (t) => {
    const file =
      text === null ? pathToFileURL(path.join(await temporaryFolder(t), "people.csv")) : await fileOf(t, text);
    const error = await t.throwsAsync(
      async () => {
        await rowsOf(await csvSource(file, ["name"]).open());
      },
      { instanceOf: Failure },
    );
    t.regex(error.message, message);
    t.is(error.kind, "usage");
  });
}
