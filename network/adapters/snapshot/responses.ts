import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isObject, type Json, typeName } from "./fields.ts";

/** A member of a response as a file has it, and where that is. */
export interface Entry {
  readonly value: Json;
  readonly file: string;
  /** The account that was asked, where the folders tell. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Account and Region in one: within it AWS's responses are complete, and refer to each other. */
  readonly scope: string;
}

/** What all files hold, by response key; and what is wrong with them. */
export interface Responses {
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  /** The keys that the files of each account and Region have. */
  readonly scopes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly faults: string[];
}

const keysOfLists = [
  "Vpcs",
  "VpcAttributes",
  "Subnets",
  "RouteTables",
  "NetworkAcls",
  "SecurityGroups",
  "NetworkInterfaces",
  "Addresses",
  "Reservations",
  "InternetGateways",
  "EgressOnlyInternetGateways",
  "NatGateways",
  "VpcEndpoints",
  "PrefixLists",
  "ManagedPrefixLists",
  "VpcPeeringConnections",
  "VpnConnections",
  "TransitGateways",
  "TransitGatewayVpcAttachments",
  "TransitGatewayAttachments",
  "TransitGatewayRouteTables",
  "TransitGatewayStaticRoutes",
  "TransitGatewayPropagations",
  "DhcpOptions",
  "VpcBlockPublicAccessExclusions",
  "LoadBalancers",
  "LoadBalancerListeners",
] as const;
/** The one response that is an object, of an account in a Region. */
const keysOfObjects = ["VpcBlockPublicAccessOptions"] as const;

/** What lies in VPCs: an account and Region that has any has something to be complete about. */
export const vpcKeys: readonly ResponseKey[] = ["Vpcs", "Subnets", "RouteTables", "NetworkAcls", "NetworkInterfaces"];

export type ResponseKey = (typeof keysOfLists)[number] | (typeof keysOfObjects)[number];

/** Every `*.json` below a folder. Keys that say nothing about where packets go are left unread. */
export function readResponses(folder: string): Responses {
  const faults: string[] = [];
  const entries = new Map<string, Entry[]>();
  const scopes = new Map<string, Set<string>>();
  const pages: Page[] = [];
  const names = namesBelow(folder, faults);
  for (const name of names) {
    const parsed = parse(path.join(folder, name), name, faults);
    if (!parsed) continue;
    const place = placeOf(folder, name);
    const keys = scopes.get(place.scope) ?? new Set();
    scopes.set(place.scope, keys);
    for (const [key, value] of Object.entries(parsed)) {
      keys.add(key);
      if (!isAny(keysOfLists, key) && !isAny(keysOfObjects, key)) continue;
      const where = `${name}: ${key}`;
      add(entries, key, membersOf(key, value, where, { file: name, ...place }, faults));
      if (Array.isArray(value)) pages.push({ key: `${place.scope} ${key}`, name, isLast: isLastPage(parsed) });
    }
  }
  checkPages(pages, faults);
  return { entries, scopes, faults };
}

interface Page {
  readonly key: string;
  readonly name: string;
  readonly isLast: boolean;
}

/** AWS tells where more is to be had, and the last page not. */
const isLastPage = ({ NextToken }: Json) => typeof NextToken !== "string" || NextToken === "";

function checkPages(pages: readonly Page[], faults: string[]): void {
  const ended = new Set(pages.filter(({ isLast }) => isLast).map(({ key }) => key));
  for (const { key, name } of pages)
    if (!ended.has(key))
      faults.push(`${name} has a NextToken: ${key.split(" ").at(-1)} have more pages; save them all`);
}

function namesBelow(folder: string, faults: string[]): string[] {
  try {
    const names = (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith(".json") && !statSync(path.join(folder, name)).isDirectory())
      .sort();
    if (names.length === 0) faults.push(`${folder} has no JSON files`);
    return names;
  } catch (error) {
    faults.push(`${folder} can't be read: ${(error as Error).message}`);
    return [];
  }
}

function parse(file: string, name: string, faults: string[]): Json | undefined {
  try {
    // PowerShell writes a byte order mark.
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    if (isObject(parsed)) return parsed;
    faults.push(`${name} is ${typeName(parsed)}; it must be an object with the keys of Describe responses`);
  } catch (error) {
    // V8 quotes the text that it can't read, with its line breaks.
    faults.push(`${name}: ${(error as Error).message.replaceAll(/\s+/g, " ")}`);
  }
  return undefined;
}

/** The folder of a file is its Region, `accounts/ID/REGION` its account and Region; `folder` may be one of them itself. */
function placeOf(folder: string, name: string): Pick<Entry, "account" | "region" | "scope"> {
  const parts = path.dirname(path.resolve(folder, name)).split(path.sep);
  const last = parts.at(-1) ?? "";
  const account = parts.at(-3) === "accounts" ? parts.at(-2) : undefined;
  const isRegion = /^[a-z]{2}(-[a-z]+)+-\d+$/.test(last);
  const region = isRegion || account !== undefined || path.dirname(name) !== "." ? last : undefined;
  // Folders of other names may divide the files of one Region.
  const known = [account, isRegion || account !== undefined ? last : undefined];
  return { account, region, scope: known.filter((part) => part !== undefined).join("/") };
}

function membersOf(
  key: string,
  value: unknown,
  where: string,
  place: Omit<Entry, "value">,
  faults: string[],
): readonly Entry[] {
  const isList = isAny(keysOfLists, key);
  if (Array.isArray(value) !== isList || (!isList && !isObject(value))) {
    faults.push(`${where} is ${typeName(value)}; it must be ${isList ? "an array" : "an object"}`);
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((member, index) => {
    if (isObject(member)) return [{ value: member, ...place }];
    faults.push(`${where}[${index}] is ${typeName(member)}; it must be an object`);
    return [];
  });
}

function add(entries: Map<string, Entry[]>, key: string, more: readonly Entry[]): void {
  const known = entries.get(key) ?? [];
  entries.set(key, known);
  for (const entry of more) known.push(entry);
}

const isAny = (keys: readonly string[], key: string) => keys.includes(key);
