import type { Properties } from "../../pulumi/resource.ts";

/**
 * The zones of Regions that have not just a, b and c
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). The letters are an
 * account's own names for zones; an account that is older or newer may lack one of these.
 */
const letters: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ca-central-1": "abd",
  "sa-east-1": "abc",
  "cn-north-1": "abd",
};

/** How zone ids abbreviate the Region's name. */
const directions: Readonly<Record<string, string>> = {
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

const noZones: readonly string[] = [];

/** `aws.getAvailabilityZones`: undefined where it is asked for what only the account tells. */
export function availabilityZones(parameters: Properties, defaultRegion: string): Properties | undefined {
  const { region = defaultRegion, state, filters, excludeNames, excludeZoneIds } = parameters;
  if (typeof region !== "string" || !hasOrdinaryZones(filters)) return undefined;
  const isAvailable = state === undefined || state === "available";
  const zones = [...(isAvailable ? (letters[region] ?? "abc") : "")].map((letter, at) => ({
    name: region + letter,
    id: `${abbreviation(region)}-az${at + 1}`,
  }));
  const kept = zones.filter(
    ({ name, id }) => !listOf(excludeNames).includes(name) && !listOf(excludeZoneIds).includes(id),
  );
  return {
    ...parameters,
    id: region,
    region,
    names: kept.map(({ name }) => name),
    zoneIds: kept.map(({ id }) => id),
    groupNames: [`${region}-zg-1`],
  };
}

/** Programs filter by these to leave local and wavelength zones out, which are not among the zones above. */
function hasOrdinaryZones(filters: unknown): boolean {
  const accepted: Readonly<Record<string, string>> = {
    "opt-in-status": "opt-in-not-required",
    "zone-type": "availability-zone",
    state: "available",
  };
  return (Array.isArray(filters) ? filters : []).every(
    ({ name, values }) => Object.hasOwn(accepted, name) && listOf(values).includes(accepted[name]!),
  );
}

/** `use1` of `us-east-1`. */
function abbreviation(region: string): string {
  const parts = region.split("-");
  const direction = parts.at(-2) ?? "";
  return `${parts.slice(0, -2).join("")}${directions[direction] ?? direction}${parts.at(-1)}`;
}

function listOf(said: unknown): readonly unknown[] {
  return Array.isArray(said) ? said : noZones;
}
