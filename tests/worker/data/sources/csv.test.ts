import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { csvSource } from "../../../../worker/data/sources/csv.ts";
import { BadRecord, type OpenSource } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { seededRandom } from "../../../random.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";

async function fileOf(t: ExecutionContext, text: string | Buffer): Promise<URL> {
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

test("a quote within a field that does not begin with one is text", async (t) => {
  const source = await csvSource(await fileOf(t, 'a,b\n5" pipe,x\nThe "big" one,"y"\nlast",""\n'), ["a", "b"]).open();
  t.is(source.rows, 3);
  t.deepEqual(await rowsOf(source), [
    [0, { a: '5" pipe', b: "x" }],
    [1, { a: 'The "big" one', b: "y" }],
    [2, { a: 'last"', b: "" }],
  ]);
});

test("a quoted field that goes on after its closing quote makes a bad record, and the next rows are as they were", async (t) => {
  const text = 'a,b\n"The "big" one",x\n"two\nlines" and more,y\n"""Hi"" she said",z\n';
  const source = await csvSource(await fileOf(t, text), ["a"]).open();
  const reason = "has a quoted field that goes on after its closing quote; double a quote inside it";
  t.is(source.rows, 3);
  t.deepEqual(await rowsOf(source), [
    [0, new BadRecord(reason, ['"The "big" one"', "x"])],
    [1, new BadRecord(reason, ['"two\nlines" and more', "y"])],
    [2, { a: '"Hi" she said' }],
  ]);
  t.deepEqual(await rowsOf(source, 2, 3), [[2, { a: '"Hi" she said' }]]);
});

for (const [name, end] of [
  ["CR", "\r"],
  ["LF", "\n"],
  ["CR LF", "\r\n"],
] as const) {
  test(`lines may end in ${name}`, async (t) => {
    const text = ["a,b", "1,x", "", '"2","y"', "3,z", ""].join(end);
    const source = await csvSource(await fileOf(t, text), ["a", "b"]).open();
    t.is(source.rows, 3);
    t.deepEqual(await rowsOf(source), [
      [0, { a: "1", b: "x" }],
      [1, { a: "2", b: "y" }],
      [2, { a: "3", b: "z" }],
    ]);
  });
}

test("characters of several bytes are read whole wherever blocks end", async (t) => {
  // Blocks of 1 MiB: one of the lines' characters lies across each boundary.
  const line = `${"\u{1F6EC}".repeat(4000)}é`;
  const source = await csvSource(await fileOf(t, `a\n${`${line}\n`.repeat(200)}`), ["a"]).open();
  const rows = await rowsOf(source);
  t.is(rows.length, 200);
  t.true(rows.every(([, item]) => !(item instanceof BadRecord) && item.a === line));
});

test("whatever a file looks like, `rows` is the number of rows that are read", async (t) => {
  const seed = Number(process.env.CSV_SEED ?? 1);
  const random = seededRandom(seed);
  let unclosed = 0;
  for (let round = 0; round < 300; round++) {
    const length = Math.floor(random() * 60);
    const letters = Array.from({ length }, () => 'ab,,""\n\r\u00e9\0'.charAt(Math.floor(random() * 10)));
    const text = `${random() < 0.2 ? "\ufeff" : ""}${random() < 0.2 ? "\r\n" : ""}name\n${letters.join("")}\n`;
    const file = await fileOf(t, text);
    try {
      const source = await csvSource(file, ["name"]).open();
      const rows = await rowsOf(source);
      t.is(rows.length, source.rows, JSON.stringify(text));
      const from = Math.floor(random() * (source.rows + 1));
      t.deepEqual(await rowsOf(source, from), rows.slice(from), JSON.stringify(text));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      t.regex(error.message, /lacks a closing quote/, JSON.stringify(text));
      unclosed++;
    }
  }
  t.true(unclosed < 200);
});

test("the version follows the content, not the file", async (t) => {
  const [one, same, other] = await Promise.all(
    ["a\n1\n", "a\n1\n", "a\n2\n"].map(async (text) => (await csvSource(await fileOf(t, text), ["a"]).open()).version),
  );
  t.is(one, same as string);
  t.not(one, other);
});

const broken: readonly (readonly [title: string, content: string | Buffer | null, message: RegExp])[] = [
  [
    "a missing file",
    null,
    /^Source .*people\.csv does not exist as .*people\.csv; put it there, or correct the path\.$/,
  ],
  ["an empty file", "", /^Source .*people\.csv is empty; a CSV file with a header was expected\.$/],
  ["other columns", "x,y\n1,2\n", /^Source .*people\.csv has no column "name"; its columns are "x", "y"\.$/],
  [
    "a file that ends in a quoted field",
    'name,age\n"An',
    /^Source .* is truncated, or lacks a closing quote: it ends inside the quoted field that begins in line 2; fetch it again, or mend that line\.$/,
  ],
  [
    "a quote that is not closed, many lines before the end",
    'name,age\r\nAnn,1\r\n5" pipe,"2\r\nBob,3\r\nCarl,4\r\n',
    /it ends inside the quoted field that begins in line 3; fetch it again, or mend that line\.$/,
  ],
  [
    "a header whose quote is not closed",
    '"name,age\nAnn,1\n',
    /it ends inside the quoted field that begins in line 1; fetch it again, or mend that line\.$/,
  ],
  [
    "a column that is wanted and there twice",
    "name,age,name\n1,2,3\n",
    /^Source .* has more than one column "name"; give each a name of its own\.$/,
  ],
  [
    "Latin-1",
    Buffer.from("name,age\nAnn,1\nZo\xe9,2\n", "latin1"),
    /^Source .* is not UTF-8 in line 3, at byte offset 17; save it as UTF-8\.$/,
  ],
  [
    "UTF-16",
    Buffer.from("\ufeffname,age\n", "utf16le"),
    /^Source .* is not UTF-8 in line 1, at byte offset 0; save it as UTF-8\.$/,
  ],
  [
    "a file that ends in a character",
    Buffer.from("name,age\nZo\u00e9").subarray(0, -1),
    /^Source .* is truncated: it ends inside a character in line 2; fetch it again\.$/,
  ],
  [
    "a file that ends in a record",
    "name,age\nAnn,1\nBo",
    /^Source .* is truncated: it ends in row 1; fetch it again\.$/,
  ],
];

for (const [title, content, message] of broken) {
  test(`${title} ends in one sentence`, async (t) => {
    const file =
      content === null ? pathToFileURL(path.join(await temporaryFolder(t), "people.csv")) : await fileOf(t, content);
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
