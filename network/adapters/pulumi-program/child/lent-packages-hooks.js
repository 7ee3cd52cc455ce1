// Hooks of Node.js's loader for ES modules, which run in a thread of their own: see lent-packages.ts.

const offered = /^@pulumi\/[^/]+(\/|$)/;

let from = "";

/** @param {{ from: string }} data */
export function initialize(data) {
  from = data.from;
}

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!offered.test(specifier) || context.parentURL === from) throw error;
    return await next(specifier, { ...context, parentURL: from });
  }
}
