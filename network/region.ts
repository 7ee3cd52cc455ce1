/**
 * Zones by Region (Global Infrastructure, aws-availability-zones), in the order in which they are taken. A table rather than
 * a look-up: a zone that AWS adds must not move the subnets of a stack that exists, and a check without an account knows
 * them too. Which letters an account has differs in the oldest Regions; `zoneNames` then says it.
 */
const zoneLetters: Readonly<Record<string, string>> = {
  "af-south-1": "abc",
  "ap-east-1": "abc",
  "ap-east-2": "abc",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "acbd",
  "ap-northeast-3": "abc",
  "ap-south-1": "abc",
  "ap-south-2": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ap-southeast-4": "abc",
  "ap-southeast-5": "abc",
  "ap-southeast-6": "abc",
  "ap-southeast-7": "abc",
  "ca-central-1": "abd",
  "ca-west-1": "abc",
  "cn-north-1": "abd",
  "cn-northwest-1": "abc",
  "eu-central-1": "abc",
  "eu-central-2": "abc",
  "eu-north-1": "abc",
  "eu-south-1": "abc",
  "eu-south-2": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "il-central-1": "abc",
  "me-central-1": "abc",
  "me-south-1": "abc",
  "mx-central-1": "abc",
  "sa-east-1": "abc",
  // us-east-1e lacks newer instance types.
  "us-east-1": "abcdfe",
  "us-east-2": "abc",
  "us-gov-east-1": "abc",
  "us-gov-west-1": "abc",
  "us-west-1": "acb",
  "us-west-2": "abcd",
};

/** Names of a Region's zones; undefined for a Region that is not known here. */
export function zonesOf(region: string): readonly string[] | undefined {
  const letters = Object.hasOwn(zoneLetters, region) ? zoneLetters[region] : undefined;
  return letters === undefined ? undefined : [...letters].map((letter) => region + letter);
}
