import ipaddr from "ipaddr.js";

/** A block of IPv4 addresses; the only family that this program lays out. */
export interface CidrBlock {
  /** First address, as a number. */
  readonly first: number;
  readonly prefix: number;
}

/** Addresses that AWS keeps of each subnet: network, router, DNS, one for the future, broadcast (VPC guide, subnet-sizing). */
export const keptBySubnet = 5;

/** undefined for what is no IPv4 block. */
export function parseCidrBlock(text: string): CidrBlock | undefined {
  const [address = ""] = text.split("/");
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) || !ipaddr.IPv4.isValidCIDR(text)) return undefined;
  const [parsed, prefix] = ipaddr.IPv4.parseCIDR(text);
  return { first: numberOf(parsed.octets), prefix };
}

export function formatCidrBlock({ first, prefix }: CidrBlock): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${new ipaddr.IPv4(octets)}/${prefix}`;
}

/** The block without the bits behind its prefix. */
export function networkOf({ first, prefix }: CidrBlock): CidrBlock {
  return { first: first - (first % size(prefix)), prefix };
}

/** The block of `prefix` that comes at place `index`, counted from 0, when `block` is cut into such. */
export function partOf(block: CidrBlock, prefix: number, index: number): CidrBlock {
  return { first: block.first + index * size(prefix), prefix };
}

export function addressesOf({ prefix }: CidrBlock): number {
  return size(prefix);
}

/** How many interfaces find an address in a subnet of that block. */
export function usableAddresses(block: CidrBlock): number {
  return Math.max(0, addressesOf(block) - keptBySubnet);
}

export function overlap(one: CidrBlock, other: CidrBlock): boolean {
  return one.first < other.first + addressesOf(other) && other.first < one.first + addressesOf(one);
}

export function contains(outer: CidrBlock, inner: CidrBlock): boolean {
  return outer.first <= inner.first && inner.first + addressesOf(inner) <= outer.first + addressesOf(outer);
}

/** What no internet gateway lets out: addresses of RFC 1918 and of carriers. */
export function isPrivate(block: CidrBlock): boolean {
  return privateBlocks.some((outer) => contains(outer, block));
}

const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(
  (text) => parseCidrBlock(text)!,
);

function numberOf(octets: readonly number[]): number {
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

function size(prefix: number): number {
  return 2 ** (32 - prefix);
}
