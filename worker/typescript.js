// Node 22.18 and newer run TypeScript as it stands; older ones need tsx.
import module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Imports the first TypeScript module of a thread; those that it imports come along.
 * @param {URL} url
 * @returns {Promise<any>} the module
 */
export async function importTypeScript(url) {
  if (Reflect.get(process.features, "typescript")) {
    Reflect.get(module, "enableCompileCache")();
    return import(url.href);
  }
  // tsx as a CommonJS hook: ESM's hooks have a thread of their own for each of ours, 0.2 s before the first row.
  const require = module.createRequire(import.meta.url);
  const { extensions } = require;
  const ownJs = extensions[".js"];
  require("tsx/cjs/api").register();
  // Packages need no tsx; it would look through each of Sequelize's files for ESM, 0.15 s.
  extensions[".js"] = ownJs;
  return require(fileURLToPath(url));
}
