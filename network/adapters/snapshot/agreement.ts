import { isKnown } from "../../reachability/known.ts";
import { isObject } from "./fields.ts";

/** What two descriptions of one thing come to, or the field that they disagree in. */
export type Agreement = { readonly value: unknown } | { readonly conflict: string };

/**
 * One of two descriptions of the same thing. `sameView`: both are one account's in one Region, and must be equal. Of what is
 * shared one account may be told less than another: then the one that is told more is right. What is not known in one and
 * known in the other is known.
 */
export function agree(one: unknown, other: unknown, sameView: boolean, field = ""): Agreement {
  if (!isKnown(one)) return { value: other };
  if (!isKnown(other)) return { value: one };
  if (canonical(one) === canonical(other)) return { value: one };
  if (!sameView && isNothing(one)) return { value: other };
  if (!sameView && isNothing(other)) return { value: one };
  if (Array.isArray(one) && Array.isArray(other)) return agreeOnLists(one, other, sameView, field);
  if (isObject(one) && isObject(other)) {
    const value: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const agreed = agree(one[key], other[key], sameView, field || key);
      if ("conflict" in agreed) return agreed;
      value[key] = agreed.value;
    }
    return { value };
  }
  return { conflict: field };
}

function agreeOnLists(one: readonly unknown[], other: readonly unknown[], sameView: boolean, field: string): Agreement {
  if (one.length === other.length) {
    const agreed = one.map((member, index) => agree(member, other[index], sameView, field));
    if (agreed.every((member) => "value" in member)) return { value: agreed.map(({ value }) => value) };
  }
  if (!sameView) {
    const [less, more] = one.length < other.length ? [one, other] : [other, one];
    const all = new Set(more.map(canonical));
    if (less.every((member) => all.has(canonical(member)))) return { value: more };
  }
  return { conflict: field };
}

const isNothing = (value: unknown) => value === undefined || value === "";

/** Lists of EC2's are sets: their order says nothing. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(",")}]`;
  if (typeof value === "bigint") return `${value}n`;
  if (!isObject(value)) return JSON.stringify(value) ?? "undefined";
  const fields = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${fields.sort().join(",")}}`;
}
