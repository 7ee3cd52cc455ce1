import path from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { localFile, locationOf, packageFile, unreadable, versionOf } from "../../../../worker/data/sources/file.ts";
import { Failure } from "../../../../worker/failure.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../../..");

const locations: readonly (readonly [what: string, file: URL, location: string])[] = [
  ["a package's file", packageFile("vega-datasets", "../data/airports.csv"), "vega-datasets/data/airports.csv"],
  ["a file of the project, by a relative path", localFile("data/my cities.csv"), "data/my cities.csv"],
  ["a file of the project, by an absolute path", localFile(path.join(project, "cities.csv")), "cities.csv"],
  ["a file whose name begins with dots", localFile("..cities.csv"), "..cities.csv"],
  ["a file elsewhere", localFile("/data/cities.csv"), "/data/cities.csv"],
  ["a file beside the project", localFile("../cities.csv"), path.join(path.dirname(project), "cities.csv")],
];

for (const [what, file, location] of locations) {
  test(`${what} is at ${path.isAbsolute(location) ? "its whole path" : location}`, (t) =>
    t.is(locationOf(file), location));
}

// Not concurrent with others: it changes the process's folder.
test.serial("a relative path begins at the project's root, wherever the worker is started", async (t) => {
  const before = process.cwd();
  process.chdir(await temporaryFolder(t));
  t.teardown(() => process.chdir(before));
  t.deepEqual(localFile("cities.csv"), pathToFileURL(path.join(project, "cities.csv")));
});

test("a missing file is told with the place where it was looked for; npm ci is for packages only", async (t) => {
  const missing = localFile("no/cities.csv");
  const failure = await t.throwsAsync(versionOf(missing), { instanceOf: Failure });
  t.is(
    failure.message,
    `Source no/cities.csv does not exist as ${path.join(project, "no/cities.csv")}; put it there, or correct the path.`,
  );
  const { message } = unreadable(localFile("node_modules/some/data.csv"), { code: "ENOENT" });
  t.is(message, "Source some/data.csv does not exist; run npm ci, or correct the path.");
});
