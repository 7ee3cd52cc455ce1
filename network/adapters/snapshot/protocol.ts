import type { RuleProtocol } from "../../reachability/topology.ts";
import { type Fields, quote } from "./fields.ts";

const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

/** Of a rule: a name, a number as text, or -1 for all. */
export function protocolOf(fields: Fields, key: string): RuleProtocol {
  const text = fields.text(key);
  if (text === "-1") return "all";
  const number = Object.hasOwn(numbers, text) ? numbers[text] : /^\d{1,3}$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && number <= 255) return number;
  if (typeof fields.value[key] === "string") fields.fault(key, `${quote(text)} is no protocol`);
  return 0;
}

/** TCP or UDP: what has ports. */
export const isTransport = (protocol: RuleProtocol): boolean => protocol === 6 || protocol === 17;
export const isIcmp = (protocol: RuleProtocol): boolean => protocol === 1 || protocol === 58;
