import { createDecipheriv, pbkdf2 } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { ProgramError } from "./program-error.ts";

/** Opens what `pulumi config set --secret` wrote into a stack file. */
export type Decrypt = (sealed: string) => string;

/**
 * The passphrase of the environment, tried on the stack file's `encryptionsalt`.
 * `v1:SALT:v1:NONCE:TEXT`, the text being "pulumi" (pulumi/sdk/go/common/resource/config/crypt.go,
 * pulumi/pkg/secrets/passphrase/manager.go).
 * @throws ProgramError that names the variable to set
 */
export async function passphraseDecrypter(file: string, salt: string, env: NodeJS.ProcessEnv): Promise<Decrypt> {
  const parts = /^v1:([^:]+):(v1:[^:]+:[^:]+)$/.exec(salt);
  if (parts === null) throw new ProgramError([`${file}: encryptionsalt is not of the form v1:SALT:v1:NONCE:TEXT.`]);
  const [, saltText = "", sealed = ""] = parts;
  const phrase = passphrase(file, env);
  const key = await promisify(pbkdf2)(phrase, Buffer.from(saltText, "base64"), 1_000_000, 32, "sha256");
  const decrypt = (text: string) => open(key, text);
  try {
    if (decrypt(sealed) === "pulumi") return decrypt;
  } catch {
    // Falls through: a wrong key fails the authentication of AES-GCM.
  }
  throw new ProgramError([
    `${file}: PULUMI_CONFIG_PASSPHRASE is not the passphrase that its secrets were written with.`,
  ]);
}

function passphrase(file: string, env: NodeJS.ProcessEnv): string {
  // An empty passphrase is one too.
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const phraseFile = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (phraseFile === undefined || phraseFile === "") {
    throw new ProgramError([
      `${file} holds secrets that need a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    ]);
  }
  try {
    return readFileSync(phraseFile, "utf8").trim();
  } catch (error) {
    throw new ProgramError([`PULUMI_CONFIG_PASSPHRASE_FILE can't be read: ${(error as Error).message}.`]);
  }
}

function open(key: Buffer, sealed: string): string {
  const [version, nonce, text] = sealed.split(":");
  if (version !== "v1" || nonce === undefined || text === undefined) throw new Error("not v1:NONCE:TEXT");
  const bytes = Buffer.from(text, "base64");
  const tagLength = 16;
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(-tagLength));
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagLength)), decipher.final()]).toString("utf8");
}
