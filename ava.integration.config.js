import unit from "./ava.config.js";

// Serial: these files stop servers, fill disks and measure machines; each wants the two cores for itself.
export default { ...unit, files: ["tests/integration/**/*.test.ts"], concurrency: 1, timeout: "20m" };
