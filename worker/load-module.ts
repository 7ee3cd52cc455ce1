import { fileURLToPath } from "node:url";

/**
 * Imports one of the project's TypeScript modules when it is needed. It does so as this file was loaded: where that was
 * by worker/typescript.js and tsx's CommonJS hook, `import()` does not know TypeScript.
 * @param url with a query: another module than the same file without it or with another one
 */
export async function loadModule<Module>(url: URL): Promise<Module> {
  if (typeof require !== "function") return import(url.href);
  const file = fileURLToPath(url);
  // The cache goes by the file's path alone.
  if (url.search !== "") delete require.cache[file];
  return require(file);
}
