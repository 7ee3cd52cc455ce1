import test from "ava";
import {
  readingRequests,
  readSourceLocations,
  sourceLocationOf,
} from "../../../batch/required-flows/source-location.ts";

const objects: readonly (readonly [text: string, resources: readonly string[]])[] = [
  ["s3://flights", ["arn:aws:s3:::flights/*"]],
  ["s3://flights/", ["arn:aws:s3:::flights/*"]],
  ["s3://flights/2001", ["arn:aws:s3:::flights/2001", "arn:aws:s3:::flights/2001/*"]],
  ["s3://flights/2001/", ["arn:aws:s3:::flights/2001/*"]],
  ["s3://flights/my%20data/a%2Bb", ["arn:aws:s3:::flights/my data/a+b", "arn:aws:s3:::flights/my data/a+b/*"]],
];
for (const [text, resources] of objects) {
  test(`${text} is ${resources.join(" and ")}, in any version`, (t) => {
    const requests = readingRequests(sourceLocationOf(text)!, "aws");
    t.deepEqual(
      requests.map(({ action, resource }) => `${action} ${resource}`),
      resources.flatMap((resource) => [`s3:GetObject ${resource}`, `s3:GetObjectVersion ${resource}`]),
    );
  });
}

for (const text of [
  "",
  "flights",
  "https://flights/2001",
  "s3://",
  "s3:///2001",
  "s3://Flights",
  "s3://flights/*",
  "s3://flights/%3Fa",
  "s3://flights/2001?a",
  "s3://flights/$%7Baws:username%7D",
]) {
  test(`"${text}" is no place to read sources from`, (t) => {
    t.is(sourceLocationOf(text), undefined);
  });
}

test("a list has spaces between, and what of it is no location stays as it is", (t) => {
  const read = readSourceLocations(" s3://aaa  s3://bbb/c%20d\nelsewhere ");
  t.deepEqual(read, [
    { text: "s3://aaa", bucket: "aaa", prefix: "" },
    { text: "s3://bbb/c%20d", bucket: "bbb", prefix: "c d" },
    "elsewhere",
  ]);
});
