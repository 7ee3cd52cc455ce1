import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { csvSource, openCsv } from "../../../../worker/data/sources/csv.ts";
import { s3Object } from "../../../../worker/data/sources/s3-object.ts";
import { BadRecord, type OpenSource } from "../../../../worker/data/sources/source.ts";
import { storedObject } from "../../../../worker/data/sources/stored-object.ts";
import { Failure } from "../../../../worker/failure.ts";
import { seededRandom } from "../../../random.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { bucket, fakeS3 } from "./fake-s3.ts";

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

/** Any text that is not all nonsense. */
function anyCsv(random: () => number): string {
  const length = Math.floor(random() * 60);
  const letters = Array.from({ length }, () => 'ab,,""\n\r\u00e9\0\ufeff'.charAt(Math.floor(random() * 11)));
  return `${random() < 0.2 ? "\ufeff" : ""}${random() < 0.2 ? "\r\n" : ""}name\n${letters.join("")}\n`;
}

test("whatever a file looks like, `rows` is the number of rows that are read, wherever reading begins", async (t) => {
  const seed = Number(process.env.CSV_SEED ?? 1);
  const random = seededRandom(seed);
  let unclosed = 0;
  const rounds = Number(process.env.CSV_ROUNDS ?? 300);
  for (let round = 0; round < rounds; round++) {
    const text = anyCsv(random);
    const file = await fileOf(t, text);
    try {
      const source = await csvSource(file, ["name"]).open();
      const rows = await rowsOf(source);
      t.is(rows.length, source.rows, JSON.stringify(text));
      const from = Math.floor(random() * (source.rows + 1));
      t.deepEqual(await rowsOf(source, from), rows.slice(from), JSON.stringify(text));
      // A place to begin at in front of each record, of some, and of those that many bytes lie between.
      for (const distance of [1, 2, 7]) {
        const marked = await openCsv(storedObject(file), ["name"], { records: distance, bytes: distance * 3 });
        t.deepEqual(await rowsOf(marked, from), rows.slice(from), JSON.stringify([text, from, distance]));
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      t.regex(error.message, /lacks a closing quote/, JSON.stringify(text));
      unclosed++;
    }
  }
  t.true(unclosed < rounds * 0.67);
});

test("any range of rows is the same with places to begin at as without", async (t) => {
  const random = seededRandom(7);
  const ends = ["\n", "\r", "\r\n", "\n\n", "\r\n\r\n"];
  const fields = ["", "a", '"b\nc"', '"d ""e"""', '"\r\n"', '"f" g', "\ufeff", '5" pipe', '","', "\u{1F6EC}", "h,i"];
  const pick = (of: readonly string[]) => of[Math.floor(random() * of.length)]!;
  const lines = Array.from({ length: 400 }, (_, row) => `${row},${pick(fields)}${pick(ends)}`);
  const file = await fileOf(t, `\ufeffid,text\r\n${lines.join("")}`);
  const whole = await csvSource(file, ["id", "text"]).open();
  const rows = await rowsOf(whole);
  t.is(rows.length, 400);
  const marked = await openCsv(storedObject(file), ["id", "text"], { records: 16, bytes: 1000 });
  for (let from = 0; from < 400; from += 13) {
    const to = Math.min(from + Math.floor(random() * 50), 400);
    t.deepEqual(await rowsOf(marked, from, to), rows.slice(from, to), `${from} to ${to}`);
  }
});

test("reading begins near the first row that is wanted", async (t) => {
  const file = await fileOf(t, `a\n${"0123456789\n".repeat(1000)}`);
  const stored = storedObject(file);
  const begun: number[] = [];
  const object = await stored.open();
  const stream = (from: number) => {
    begun.push(from);
    return object.stream(from);
  };
  const noting = { ...object, stream };
  const source = await openCsv({ ...stored, open: async () => noting }, ["a"], { records: 100, bytes: 1e9 });
  begun.length = 0;
  for (const row of [0, 98, 99, 999]) t.is((await rowsOf(source, row, row + 1)).length, 1);
  // Record 1 is the header: records 101, 201, ... are rows 99, 199, ...
  t.deepEqual(begun, [0, 0, 2 + 99 * 11, 2 + 999 * 11]);
});

test("an object of Amazon S3 is read as a file is, in whatever pieces it comes, and whatever breaks", async (t) => {
  const s3 = await fakeS3(t);
  const random = seededRandom(3);
  const url = new URL(`s3://${bucket}/people%20%231.csv`);
  const stored = s3Object(url, { client: s3.client, pauses: [1, 1] });
  for (let round = 0; round < 20; round++) {
    const text = anyCsv(random);
    s3.put("people #1.csv", Buffer.from(text));
    s3.trouble = () => undefined;
    const expected = await csvSource(await fileOf(t, text), ["name"])
      .open()
      .catch(() => undefined);
    if (!expected) continue;
    // Each answer breaks off after some bytes.
    s3.trouble = ({ method }) => (method === "GET" ? { cutAfter: 3 + Math.floor(random() * 30) } : undefined);
    const source = await openCsv(stored, ["name"], { records: 2, bytes: 20 });
    t.is(source.rows, expected.rows, JSON.stringify(text));
    const from = Math.floor(random() * (source.rows + 1));
    t.deepEqual(await rowsOf(source, from), await rowsOf(expected, from), JSON.stringify(text));
  }
});

test("of an object no more is asked for than its scan, its header and what is read", async (t) => {
  const s3 = await fakeS3(t);
  s3.put("a.csv", Buffer.from(`a\n${"0123456789\n".repeat(100_000)}`));
  const stored = s3Object(new URL(`s3://${bucket}/a.csv`), { client: s3.client });
  const source = await openCsv(stored, ["a"]);
  t.is(source.rows, 100_000);
  s3.requests.length = 0;
  t.is((await rowsOf(source, 95_000, 95_010)).length, 10);
  t.deepEqual(
    s3.requests.map(({ range }) => range),
    [[2 + 89_999 * 11, 1_100_001]],
  );
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
