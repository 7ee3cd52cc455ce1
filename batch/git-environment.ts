/**
 * An environment in which Git looks at the folder that it is asked about: within a hook, a rebase or an alias GIT_DIR,
 * GIT_INDEX_FILE and their like name another one.
 */
export function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^GIT_(?!CONFIG|EXEC_PATH|CEILING|DISCOVERY|TRACE)/.test(name));
  return Object.fromEntries(kept);
}
