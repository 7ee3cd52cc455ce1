// One process a file, not a worker thread: tsx's loader is not active in ava's worker threads.
export default {
  files: ["tests/**/*.test.ts", "!tests/integration/**"],
  extensions: { ts: "module" },
  nodeArguments: ["--import=tsx"],
  workerThreads: false,
  timeout: "60s",
};
