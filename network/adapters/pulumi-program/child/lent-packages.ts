import Module, { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";

const offered = /^@pulumi\/[^/]+(\/|$)/;

/**
 * A folder with no packages installed in reach runs on the Pulumi packages of this project; one that has an SDK of
 * its own runs on that alone.
 */
export function lendPackages(entryPoint: string): void {
  try {
    createRequire(entryPoint).resolve("@pulumi/pulumi/package.json");
    return;
  } catch {
    // Nothing is installed there.
  }
  const own = createRequire(import.meta.url);
  register(new URL("./lent-packages-hooks.js", import.meta.url), { data: { from: import.meta.url } });
  // No public way to do the same for `require` before Node.js 22.15 (registerHooks).
  const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
  const resolveFilename = loader._resolveFilename;
  loader._resolveFilename = function (request, ...rest) {
    try {
      return resolveFilename.call(this, request, ...rest);
    } catch (error) {
      const [parent] = rest as [{ filename?: string } | undefined];
      const isOurs = parent?.filename !== undefined && pathToFileURL(parent.filename).href === import.meta.url;
      if (!offered.test(request) || isOurs) throw error;
      return own.resolve(request);
    }
  };
}
