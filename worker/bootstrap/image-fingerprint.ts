import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Where an image, and a bundle, keep the fingerprint of what the one holds and the other wants. */
export const fingerprintFile = "image.fingerprint";

/** What an image is made of, part by part, in the words of a sentence that says what differs. */
const parts = {
  packages: "other packages (package-lock.json)",
  dockerfile: "another Dockerfile",
  node: "another version of Node (engines of package.json)",
  "entry-point": "another entry point (worker/bootstrap, worker/s3)",
} as const;

type Part = keyof typeof parts;
const partNames = Object.keys(parts) as Part[];

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/**
 * What code runs on and a bundle does not bring along: the packages that the image installs, by package-lock.json; its
 * Dockerfile; the versions of Node that package.json names; and the bootstrap with its way to Amazon S3, which run before any
 * bundle. Other packages (of development, optional ones) change nothing. Imports nothing of the project: the Dockerfile calls
 * it before there is more.
 * @returns a hash for each part, `packages:HEX,dockerfile:HEX,...`: the same text where all are the same
 * @throws Error where one of the files can't be read, or is no JSON
 */
export async function imageFingerprint(project: string): Promise<string> {
  const text = (name: string) => readFile(path.join(project, name), "utf8");
  const { packages = {} } = JSON.parse(await text("package-lock.json")) as { packages?: Record<string, LockedPackage> };
  const { engines } = JSON.parse(await text("package.json")) as { engines?: { node?: string } };
  const codeOf = async (folder: string) => {
    const names = (await readdir(path.join(project, folder))).filter((name) => /\.[jt]s$/.test(name)).sort();
    return await Promise.all(names.map((name) => text(`${folder}/${name}`)));
  };
  const contents: Record<Part, unknown> = {
    packages: Object.entries(packages)
      .filter(([name, { dev, optional, devOptional }]) => name !== "" && !dev && !optional && !devOptional)
      .map(([name, { version, resolved, integrity }]) => [name, version, integrity ?? resolved])
      .sort(([one], [other]) => (one! < other! ? -1 : 1)),
    dockerfile: (await text("Dockerfile")).replaceAll("\r\n", "\n"),
    node: engines?.node ?? "",
    "entry-point": [...(await codeOf("worker/bootstrap")), ...(await codeOf("worker/s3"))],
  };
  return partNames.map((part) => `${part}:${hashOf(contents[part])}`).join(",");
}

/** Half a SHA-256: it tells apart what people edit, in a text that people may have to look at. */
const hashOf = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

/**
 * How an image differs from the one that code wants: `other packages (package-lock.json) and another Dockerfile`.
 * @param there fingerprint of what the image holds
 * @param wanted that of the code
 * @returns undefined: in nothing
 */
export function imageDifference(there: string, wanted: string): string | undefined {
  if (there === wanted) return undefined;
  const [own, others] = [partsOf(there), partsOf(wanted)];
  const differing = partNames.filter((part) => own.get(part) !== others.get(part));
  // Another version of this file has written one of them.
  const isComparable = partNames.every((part) => own.has(part) && others.has(part)) && differing.length > 0;
  if (!isComparable) return "other contents";
  const named = differing.map((part) => parts[part]);
  return [named.slice(0, -1).join(", "), named.at(-1)].filter((text) => text !== "").join(" and ");
}

const partsOf = (fingerprint: string) =>
  new Map(fingerprint.split(",").map((part) => part.split(":") as [string, string | undefined]));
