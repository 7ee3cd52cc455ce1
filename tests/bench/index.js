// Entry of `npm run bench`: loads TypeScript as worker/index.js does.
import process from "node:process";

if (!Reflect.get(process.features, "typescript")) (await import("tsx/esm/api")).register();
await import("./bench.ts");
