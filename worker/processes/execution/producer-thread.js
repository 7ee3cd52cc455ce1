// Entry of the thread that reads, transforms and encodes; loads TypeScript as worker/index.js does.
import process from "node:process";

if (!process.features.typescript) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./producer-thread.ts");
