import { cidrText } from "./address.ts";
import { isKnown, type Known } from "./known.ts";
import type { Route, RouteTarget, TransitGatewayRoute } from "./topology.ts";

/** `0.0.0.0/0 -> igw-1`, as EC2's console shows a route. */
export function routeText(route: Route | TransitGatewayRoute): string {
  const known = texts.get(route);
  if (known !== undefined) return known;
  const target = "target" in route ? targetText(route.target) : route.attachmentIds.join(", ");
  const isGone = route.state === "blackhole" ? " (blackhole)" : "";
  const text = `${destinationText(route)} -> ${target || "nothing"}${isGone}`;
  texts.set(route, text);
  return text;
}

/** A route is shown with every path that takes it. */
const texts = new WeakMap<Route | TransitGatewayRoute, string>();

export function destinationText({ destination }: Pick<Route, "destination">): string {
  if (!isKnown(destination)) return "an unknown destination";
  return "cidr" in destination ? cidrText(destination.cidr) : destination.prefixListId;
}

function targetText(target: Known<RouteTarget>): string {
  if (!isKnown(target)) return "an unknown target";
  return target.type === "local" ? "local" : target.id;
}

/** With the route, and without one to its destination. */
export function withRoute<Any extends Pick<Route, "destination">>(routes: readonly Any[], route: Any): Any[] {
  const key = keyOf(route.destination);
  return [...routes.filter(({ destination }) => keyOf(destination) !== key), route];
}

/** The same text for the same value. */
export const keyOf = (value: unknown) =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one)) ?? "none";
