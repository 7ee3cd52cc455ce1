import ipaddr from "ipaddr.js";

/** 4 or 6. */
export type Family = 4 | 6;

/** An address, a port, an ICMP type: a number for IPv4 and ports, a bigint for IPv6. The two are never mixed. */
export type Scalar = number | bigint;

/** From `from` to `to`, both included. */
export interface Interval {
  readonly from: Scalar;
  readonly to: Scalar;
}

export interface Cidr extends Interval {
  readonly family: Family;
  readonly prefix: number;
}

/** @throws RangeError for what is no address */
export function parseAddress(text: string): { family: Family; value: Scalar } {
  if (!ipaddr.isValid(text) || (!text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text))) {
    throw new RangeError(`"${text}" is no IP address`);
  }
  const address = ipaddr.parse(text);
  return address.kind() === "ipv4"
    ? { family: 4, value: fold4(address.toByteArray()) }
    : { family: 6, value: fold6(address.toByteArray()) };
}

/** @throws RangeError for what is no CIDR block; one with host bits is read as its network, as AWS does */
export function parseCidr(text: string): Cidr {
  const [address = "", length = ""] = text.split("/");
  const { family, value } = parseAddress(address);
  const bits = family === 4 ? 32 : 128;
  const prefix = Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > bits) throw new RangeError(`"${text}" is no CIDR block`);
  return blockOf(family, value, prefix);
}

/** The block of a prefix length that an address lies in. */
export function blockOf(family: Family, value: Scalar, prefix: number): Cidr {
  if (typeof value === "number") {
    const size = 2 ** (32 - prefix);
    const from = value - (value % size);
    return { family, prefix, from, to: from + size - 1 };
  }
  const size = 1n << BigInt(128 - prefix);
  const from = value - (value % size);
  return { family, prefix, from, to: from + size - 1n };
}

/** The smallest block around an interval. */
export function blockAround(family: Family, { from, to }: Interval): Cidr {
  let prefix = family === 4 ? 32 : 128;
  let block = blockOf(family, from, prefix);
  while (block.to < to) block = blockOf(family, from, --prefix);
  return block;
}

export function addressText(value: Scalar): string {
  if (typeof value === "number") return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  const bytes = Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 0xffn));
  return new ipaddr.IPv6(bytes).toString();
}

export function cidrText({ from, prefix }: Cidr): string {
  return `${addressText(from)}/${prefix}`;
}

export function contains({ from, to }: Interval, value: Scalar): boolean {
  return from <= value && value <= to;
}

export function covers(outer: Interval, inner: Interval): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

export function overlaps(one: Interval, other: Interval): boolean {
  return one.from <= other.to && other.from <= one.to;
}

const fold4 = (bytes: number[]) => bytes.reduce((value, byte) => value * 256 + byte, 0);
const fold6 = (bytes: number[]) => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

const blocks = (...texts: string[]) => texts.map(parseCidr);

/** What an internet gateway does not carry: RFC 1918, RFC 6598 and link-local addresses. */
export const privateBlocks = blocks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16");
/** IPv6 addresses of the internet; the others are unique local, link-local, multicast. */
export const globalBlock6 = parseCidr("2000::/3");

/** Whether no address of the interval is one of the internet. */
export function isAllPrivate(interval: Interval): boolean {
  if (typeof interval.from === "bigint") return !overlaps(interval, globalBlock6);
  return privateBlocks.some((block) => covers(block, interval));
}

export function isPrivate(value: Scalar): boolean {
  return typeof value === "number"
    ? privateBlocks.some((block) => contains(block, value))
    : !contains(globalBlock6, value);
}

/** What no host of the internet has either: this network, loopback, multicast, reserved (RFC 6890). */
const unroutedBlocks = blocks("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3");

/** Whether every address of the internet lies in one of the blocks. */
export function coverInternet(own: readonly Cidr[], family: Family): boolean {
  const whole = family === 4 ? everywhere[4] : globalBlock6;
  const all = family === 4 ? [...own, ...privateBlocks, ...unroutedBlocks] : [...own];
  let next = BigInt(whole.from);
  for (const { from, to } of all.sort((one, other) => (one.from < other.from ? -1 : 1))) {
    if (from > next) return false;
    if (to >= next) next = BigInt(to) + 1n;
  }
  return next > whole.to;
}

/** All addresses of a family. */
export const everywhere: Readonly<Record<Family, Cidr>> = { 4: parseCidr("0.0.0.0/0"), 6: parseCidr("::/0") };
