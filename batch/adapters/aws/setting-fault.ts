/** What is wrong with the settings that the SDK goes by, before it has asked anybody; undefined: something else. */
export function settingFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", input, message } = error as NodeJS.ErrnoException & { input?: unknown };
  if (code === "ERR_INVALID_URL") {
    const what = typeof input === "string" ? `"${input}" is no address` : "an address is none";
    return `${what}; correct AWS_ENDPOINT_URL (or that of the service, or endpoint_url of the profile), such as http://127.0.0.1:5000, or leave it out.`;
  }
  if (code === "ERR_INVALID_CHAR") {
    return "the credentials have a character that can't be sent, such as the end of a line; correct AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN or the profile's.";
  }
  if (["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR"].includes(code)) {
    return `a file that they name can't be read (${message}); correct AWS_PROFILE, AWS_CONFIG_FILE or AWS_WEB_IDENTITY_TOKEN_FILE.`;
  }
  return undefined;
}
