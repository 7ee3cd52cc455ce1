import { isUnknownValue, type Properties, unknownValue } from "../../pulumi/resource.ts";

// How the SDK marks what JSON can't say (pulumi/sdk/nodejs/runtime/rpc.ts).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";

/** A value without the SDK's envelopes; what is computed with an unknown text in it is unknown. */
export function plainValue(value: unknown): unknown {
  if (typeof value === "string") return value.includes(unknownValue) ? unknownValue : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  const envelope = value as Record<string, unknown>;
  switch (envelope[signature]) {
    case secretSignature:
      return plainValue(envelope.value);
    case outputSignature:
      return "value" in envelope ? plainValue(envelope.value) : unknownValue;
    case resourceSignature:
      return reference(envelope);
    default:
      return plainProperties(envelope);
  }
}

export function plainProperties(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      isMark(key) || value === undefined ? [] : [[key, plainValue(value)]],
    ),
  );
}

/** Of an envelope, an asset or an archive. */
const isMark = (key: string): boolean => key === signature || key === "__pulumiAsset" || key === "__pulumiArchive";

/** The stack's outputs are printed: a secret among them is not said. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if ((value as Record<string, unknown>)[signature] === secretSignature) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutSecrets(part)]));
}

/** These properties in the envelope of a secret. */
export function sealed(properties: Properties, keys: readonly string[]): Properties {
  const secrets = keys.filter((key) => properties[key] !== undefined);
  const envelopes = secrets.map((key) => [key, { [signature]: secretSignature, value: properties[key] }]);
  return { ...properties, ...Object.fromEntries(envelopes) };
}

/** A resource handed over as a whole: its id, of a component its URN. */
function reference({ id, urn }: Record<string, unknown>): unknown {
  if (id === undefined) return urn;
  return id === "" || isUnknownValue(id) ? unknownValue : id;
}

/** Whether any text in it is, or holds, the mark of an unknown value. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value === "string") return value.includes(unknownValue) || isUnknownValue(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}
