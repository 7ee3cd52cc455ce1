import { type Known, Unknown } from "../../reachability/known.ts";
import type { RuleProtocol } from "../../reachability/topology.ts";

const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58, "ipv6-icmp": 58 };

/** Of a rule: a name in any case, a number, or -1 or `all` for all. */
export function protocolOf(value: Known<unknown>, where: string): Known<RuleProtocol> {
  if (value instanceof Unknown) return value;
  const text = String(value).toLowerCase();
  if (text === "-1" || text === "all") return "all";
  if (Object.hasOwn(numbers, text)) return numbers[text] as number;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 255) return number;
  return new Unknown(`protocol of ${where} is ${JSON.stringify(value)}, which is none`);
}

export const isTransport = (protocol: RuleProtocol): boolean => protocol === 6 || protocol === 17;
export const isIcmp = (protocol: RuleProtocol): boolean => protocol === 1 || protocol === 58;
