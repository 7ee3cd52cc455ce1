/** Names that no job needs and that hold what is nobody else's: keys, passwords, settings of one machine, what tools leave. */
const patterns: readonly RegExp[] = [
  // .env and its like, .npmrc, .pgpass, .aws, .git, .local, .DS_Store, an editor's .swp.
  /^\./,
  /^node_modules$/,
  /\.(env|pem|key|p12|pfx|jks|keystore|kdbx)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  // Not code that is about them: credentials.ts.
  /^(credentials?|secrets?|passwords?)(\.(json|ya?ml|toml|ini|txt|csv|properties))?$/i,
  /~$/,
];

/** Whether a file, by its path with slashes, stays out of every bundle, whoever added it to Git. */
export function isLeftOut(file: string): boolean {
  return file.split("/").some((name) => patterns.some((pattern) => pattern.test(name)));
}
