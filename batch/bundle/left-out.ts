/** Names that no job needs and that hold what is nobody else's: keys, passwords, settings of one machine, what tools leave. */
const patterns: readonly RegExp[] = [
  // .env and its like, .npmrc, .pgpass, .aws, .git, .local, .DS_Store, an editor's .swp.
  /^\./,
  /^node_modules$/,
  /\.(env|pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|gpg|tfstate)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /^kubeconfig$/i,
  // Not code that is about them: credentials.ts.
  /^(.*[-_.])?(credentials?|secrets?|passwords?|tokens?|service[-_]?account)(\.(json|ya?ml|toml|ini|txt|csv|properties|bak|enc))*$/i,
  /~$/,
];

/** Whether a file, by its path with slashes, stays out of every bundle, whoever added it to Git. */
export function isLeftOut(file: string): boolean {
  return file.split("/").some((name) => patterns.some((pattern) => pattern.test(name)));
}
