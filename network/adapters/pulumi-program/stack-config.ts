import { type Decrypt, passphraseDecrypter } from "./passphrase.ts";
import { ProgramError } from "./program-error.ts";
import type { ConfigDeclaration, ConfigType, Project } from "./project.ts";
import type { StackFile } from "./stack-file.ts";

/** What the program reads through `pulumi.Config`, as the Node.js host hands it over: text, objects as JSON. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Keys whose secret can't be opened without the cloud or the Pulumi service; their value is `sealedSecret(key)`. */
  readonly sealedKeys: readonly string[];
}

/** Stands for a secret that can't be opened offline. */
export const sealedSecret = (key: string): string => `sealed-secret-${key}`;

/**
 * The stack's values over the project's defaults.
 * @throws ProgramError with all keys that are missing or not of their type, or that a passphrase is needed
 */
export async function stackConfig(project: Project, stack: StackFile, env: NodeJS.ProcessEnv): Promise<StackConfig> {
  const decrypt = await decrypter(stack, env);
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  const sealedKeys: string[] = [];
  const faults: string[] = [];
  for (const key of new Set([...project.config.keys(), ...Object.keys(stack.config)])) {
    const declared = project.config.get(key);
    const said = stack.config[key] ?? declared?.value ?? declared?.default;
    if (said === undefined || said === null) {
      faults.push(`${stack.file}: ${key} is not set, and ${project.file} gives no default${purpose(declared)}.`);
      continue;
    }
    const { value, isSecret, isSealed } = opened(key, said, decrypt);
    const fault = declared?.type === undefined || isSealed ? undefined : typeFault(value, declared.type, declared);
    if (fault !== undefined) faults.push(`${stack.file}: ${key} is ${JSON.stringify(value)}; ${fault}.`);
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
    if (isSecret || declared?.secret) secretKeys.push(key);
    if (isSealed) sealedKeys.push(key);
  }
  if (faults.length > 0) throw new ProgramError(faults);
  return { values, secretKeys, sealedKeys };
}

/** Undefined where the key is not here but with a cloud's key service or the Pulumi service. */
async function decrypter(stack: StackFile, env: NodeJS.ProcessEnv): Promise<Decrypt | undefined> {
  if (stack.encryptionSalt === undefined || !holdsSecret(stack.config)) return undefined;
  return await passphraseDecrypter(stack.file, stack.encryptionSalt, env);
}

interface Opened {
  readonly value: unknown;
  readonly isSecret: boolean;
  readonly isSealed: boolean;
}

function opened(key: string, said: unknown, decrypt: Decrypt | undefined): Opened {
  const sealed = secureText(said);
  if (sealed !== undefined) {
    if (decrypt === undefined) return { value: sealedSecret(key), isSecret: true, isSealed: true };
    return { value: decrypted(key, sealed, decrypt), isSecret: true, isSealed: false };
  }
  if (typeof said !== "object" || said === null) return { value: said, isSecret: false, isSealed: false };
  const entries = Object.entries(said).map(([part, value]) => [part, opened(key, value, decrypt)] as const);
  return {
    value: Array.isArray(said)
      ? entries.map(([, { value }]) => value)
      : Object.fromEntries(entries.map(([part, { value }]) => [part, value])),
    isSecret: entries.some(([, { isSecret }]) => isSecret),
    isSealed: entries.some(([, { isSealed }]) => isSealed),
  };
}

function decrypted(key: string, sealed: string, decrypt: Decrypt): string {
  try {
    return decrypt(sealed);
  } catch {
    throw new ProgramError([`${key} can't be decrypted: its secure value is damaged, or of another stack's key.`]);
  }
}

/** `{ secure: TEXT }`, and nothing else in it. */
function secureText(said: unknown): string | undefined {
  if (typeof said !== "object" || said === null || Object.keys(said).length !== 1) return undefined;
  const { secure } = said as { secure?: unknown };
  return typeof secure === "string" ? secure : undefined;
}

function holdsSecret(said: unknown): boolean {
  if (typeof said !== "object" || said === null) return false;
  return secureText(said) !== undefined || Object.values(said).some(holdsSecret);
}

/** As `pulumi config set` leaves them, numbers and booleans may be text. */
function typeFault(value: unknown, type: ConfigType, { items }: ConfigDeclaration = {}): string | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? undefined : "it must be a string (in quotes)";
    case "integer":
      return /^[-+]?\d+$/.test(String(value)) ? undefined : "it must be an integer";
    case "boolean":
      return /^(true|false)$/i.test(String(value)) ? undefined : "it must be true or false";
    case "array": {
      const list = fromText(value);
      if (!Array.isArray(list)) return "it must be an array";
      const itemType = items?.type;
      const fault = itemType && list.map((item) => typeFault(item, itemType)).find((text) => text !== undefined);
      return fault && `of each item: ${fault}`;
    }
    case "object": {
      const map = fromText(value);
      return typeof map === "object" && map !== null && !Array.isArray(map) ? undefined : "it must be an object";
    }
  }
}

function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function purpose(declared: ConfigDeclaration | undefined): string {
  return declared?.description === undefined ? "" : ` (${declared.description.trim().replace(/\.$/, "")})`;
}
