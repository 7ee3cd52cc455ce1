import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Where an image, and a bundle, keep the fingerprint of what the one holds and the other wants. */
export const fingerprintFile = "image.sha256";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/**
 * SHA-256, in hexadecimal, of what code runs on and a bundle does not bring along: the packages that the image installs,
 * by package-lock.json; its Dockerfile; the versions of Node that package.json names; and the bootstrap with its way to Amazon
 * S3, which run before any bundle. Other packages (of development, optional ones) change nothing. Imports nothing of the project: the Dockerfile
 * calls it before there is more.
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
  const parts = {
    packages: Object.entries(packages)
      .filter(([name, { dev, optional, devOptional }]) => name !== "" && !dev && !optional && !devOptional)
      .map(([name, { version, resolved, integrity }]) => [name, version, integrity ?? resolved])
      .sort(([one], [other]) => (one! < other! ? -1 : 1)),
    dockerfile: (await text("Dockerfile")).replaceAll("\r\n", "\n"),
    node: engines?.node,
    bootstrap: [...(await codeOf("worker/bootstrap")), ...(await codeOf("worker/s3"))],
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
