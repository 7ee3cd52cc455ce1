import { type Cidr, type Family, type Interval, isAllPrivate } from "./address.ts";
import { isKnown } from "./known.ts";
import type { PacketSet, Part, Term } from "./packet-set.ts";
import { managedListName, prefixListCidrs } from "./prefix-list.ts";
import { PrefixMap, type Stretch, space4, space6 } from "./prefix-map.ts";
import type { Route, Topology } from "./topology.ts";

/** What the routes of a VPC's table and of a transit gateway's have in common. */
export type AnyRoute = Pick<Route, "destination" | "isPropagated">;

/**
 * What a table does with packets. `candidates`: the route that wins; several where it is not known which does. `reason`:
 * why it is not known.
 */
export interface RouteSelection<R extends AnyRoute> {
  readonly candidates: readonly R[];
  /** Whether perhaps no route matches. */
  readonly mayBeNone: boolean;
  readonly reason?: string;
  /** The block that the winning route has for these packets. */
  readonly cidr?: Cidr;
}

interface Choice<R> {
  readonly route: R;
  readonly cidr: Cidr;
  readonly isList: boolean;
  /** Of one of AWS's own lists. */
  readonly isManaged: boolean;
}

/**
 * A table's routes of one address family, compiled. The longest prefix wins; of routes to the same block a static one
 * before a propagated one, one to a block before one to a prefix list; between overlapping prefix lists AWS chooses at
 * random (VPC user guide, Route priority; Transit Gateway guide, Routing).
 */
export class RouteLookup<R extends AnyRoute> {
  readonly #map: PrefixMap<Choice<R>>;
  /** Routes whose destination is not known: each may win. */
  readonly #open: readonly { readonly route: R; readonly reason: string }[];
  /** Routes to AWS's own lists of which nobody knows what is on them. */
  readonly #managed: { readonly route: R; readonly listName: string; readonly reason: string }[] = [];
  readonly #family: Family;
  readonly #targetOf: (route: R) => unknown;
  readonly #selections = new Map<Stretch<Choice<R>>, RouteSelection<R>>();
  readonly #publicSelections = new Map<string | undefined, RouteSelection<R>>();

  /** Routes that the local route may come before. */
  readonly #doubtful: ReadonlySet<R>;

  /**
   * `targetOf`: where a route leads to, as JSON would have it. `doubtful`: those of the routes of which nobody knows whether
   * a local route comes before them.
   */
  constructor(
    topology: Topology,
    routes: readonly R[],
    family: Family,
    targetOf: (route: R) => unknown,
    doubtful: readonly R[] = [],
  ) {
    this.#doubtful = new Set(doubtful);
    const choices: Choice<R>[] = [];
    const open: { route: R; reason: string }[] = [];
    for (const route of routes) {
      const { destination } = route;
      if (!isKnown(destination)) open.push({ route, reason: destination.reason });
      else if ("cidr" in destination) {
        choices.push({ route, cidr: destination.cidr, isList: false, isManaged: false });
      } else {
        const { prefixListId } = destination;
        const cidrs = prefixListCidrs(topology, prefixListId);
        const listName = managedListName(topology, prefixListId);
        const isManaged = listName !== undefined;
        if (isKnown(cidrs)) choices.push(...cidrs.map((cidr) => ({ route, cidr, isList: true, isManaged })));
        else if (!isManaged) open.push({ route, reason: cidrs.reason });
        else this.#managed.push({ route, listName, reason: cidrs.reason });
      }
    }
    const entries = choices
      .filter(({ cidr }) => cidr.family === family)
      .sort(byPriority)
      .map((value) => ({ cidr: value.cidr, value }));
    this.#map = new PrefixMap(entries, family === 4 ? space4 : space6);
    this.#family = family;
    this.#open = open;
    this.#targetOf = targetOf;
  }

  /** The parts of a set by the route that their destination has. */
  select(set: PacketSet, destination: Term): Part<RouteSelection<R>>[] {
    if ("anyPublic" in destination) {
      return [{ set, value: this.#selectPublic(destination.anyPublic, destination.listName) }];
    }
    if ("constant" in destination) {
      const { constant } = destination;
      return [{ set, value: this.#selectionOf(this.#map.at(constant), { from: constant, to: constant }) }];
    }
    const { dimension } = destination;
    const whole = set[dimension];
    if (whole.from === whole.to) return [{ set, value: this.#selectionOf(this.#map.at(whole.from), whole) }];
    const stretches = this.#map.within(whole);
    const parts: { interval: Interval; value: RouteSelection<R> }[] = [];
    for (const stretch of stretches) {
      const value = this.#selectionOf(stretch, whole);
      const from = stretch.from < whole.from ? whole.from : stretch.from;
      const to = whole.to < stretch.to ? whole.to : stretch.to;
      const last = parts.at(-1);
      if (last && sameSelection(last.value, value)) last.interval = { from: last.interval.from, to };
      else parts.push({ interval: { from, to }, value });
    }
    return parts.map(({ interval, value }) => ({
      set: parts.length === 1 ? set : { ...set, [dimension]: interval },
      value,
    }));
  }

  #selectionOf(stretch: Stretch<Choice<R>>, whole: Interval): RouteSelection<R> {
    let selection = this.#selections.get(stretch);
    if (!selection) {
      selection = this.#select(stretch.values);
      this.#selections.set(stretch, selection);
    }
    const [list] = this.#managed;
    if (!list || isAllPrivate(whole) || this.#isOfVpcs(selection.cidr)) return selection;
    const candidates = [...selection.candidates, ...this.#managed.map(({ route }) => route)];
    return { ...selection, candidates, reason: selection.reason ?? list.reason };
  }

  #select(choices: readonly Choice<R>[]): RouteSelection<R> {
    const [first] = choices;
    if (!first || !this.#doubtful.has(first.route)) return this.#selectBest(choices);
    const others = choices.filter(({ route }) => route !== first.route);
    const either = this.#combine([this.#selectBest(choices), this.#select(others)]);
    return { ...either, cidr: first.cidr, reason: "whether a local route comes before one that is propagated" };
  }

  #selectBest(choices: readonly Choice<R>[]): RouteSelection<R> {
    const [best] = choices;
    const candidates: R[] = [];
    const reasons = this.#open.map(({ reason }) => reason);
    if (best) {
      candidates.push(best.route);
      const rival = best.isList ? choices.findLastIndex((one) => one.isList && this.#differ(one.route, best.route)) : 0;
      if (rival > 0) {
        // Which list AWS prefers decides what the longest prefix is then: any as long as the rival's may win.
        candidates.push(...choices.slice(1, rival + 1).map(({ route }) => route));
        reasons.push("prefix lists overlap, and AWS chooses one of their routes at random");
      }
    }
    if (best?.route.isPropagated) {
      // AWS takes over only the first of two attachments that propagate the same block; which was first nobody tells.
      const rivals = choices.filter(
        (one) => one.cidr.prefix === best.cidr.prefix && this.#differ(one.route, best.route),
      );
      candidates.push(...rivals.map(({ route }) => route));
      if (rivals.length > 0) reasons.push("several attachments propagate the same block");
    }
    candidates.push(...this.#open.map(({ route }) => route));
    const [reason] = reasons;
    return {
      candidates: [...new Set(candidates)],
      mayBeNone: !best,
      ...(reason === undefined ? {} : { reason }),
      ...(best ? { cidr: best.cidr } : {}),
    };
  }

  /** For an address of the internet of which no more is known than that one of AWS's own lists has it, or none. */
  #selectPublic(reason: string, listName: string | undefined): RouteSelection<R> {
    let selection = this.#publicSelections.get(listName);
    if (!selection) {
      const list = this.#managed.find((one) => one.listName === listName);
      // Whether IPv6 addresses are on a list nobody says; whether a gateway endpoint is for them is not modelled.
      const isOnList = list !== undefined && this.#family === 4;
      // The blocks of AWS's lists are smaller than /8: no wider route wins over one to a list.
      const mayWin = ({ cidr, isManaged, route }: Choice<R>) =>
        !isManaged && !(isOnList && cidr.prefix <= 8) && !this.#isOwn(route, cidr);
      const others = this.#map.stretches
        .filter((stretch) => !isAllPrivate(stretch))
        .map(({ values }) => this.#select(values.filter(mayWin)))
        .filter(({ candidates }) => !isOnList || candidates.length > 0);
      const toList = list ? [{ candidates: [list.route], mayBeNone: false }] : [];
      selection = this.#combine([...toList, ...others]);
      if (isOnList) selection = { ...selection, mayBeNone: false };
      this.#publicSelections.set(listName, selection);
    }
    const { mayBeNone } = selection;
    const candidates = this.#distinct(selection.candidates);
    selection = { ...selection, candidates };
    return candidates.length + Number(mayBeNone) > 1 ? { reason, ...selection } : selection;
  }

  /** A VPC's blocks of IPv6 addresses are smaller than those on AWS's lists, and never the same addresses. */
  #isOfVpcs(cidr: Cidr | undefined): boolean {
    return cidr !== undefined && cidr.family === 6 && cidr.prefix >= 56;
  }

  /** The VPC's own IPv6 addresses are global, and not the internet's. */
  #isOwn(route: R, { family }: Cidr): boolean {
    const target = family === 6 ? (this.#targetOf(route) as { type?: unknown } | undefined) : undefined;
    return target?.type === "local";
  }

  #combine(selections: readonly RouteSelection<R>[]): RouteSelection<R> {
    const reason = selections.find((one) => one.reason !== undefined)?.reason;
    return {
      candidates: [...new Set(selections.flatMap(({ candidates }) => candidates))],
      mayBeNone: selections.some(({ mayBeNone }) => mayBeNone),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /** Without those that lead where an earlier one leads: which of them wins is the same. */
  #distinct(candidates: readonly R[]): readonly R[] {
    return candidates.filter(
      (one, at) => !candidates.slice(0, at).some((other) => sameState(one, other) && !this.#differ(one, other)),
    );
  }

  #differ(one: R, other: R): boolean {
    return one !== other && JSON.stringify(this.#targetOf(one)) !== JSON.stringify(this.#targetOf(other));
  }
}

/** Of a VPC's routes, which may lead to something that is gone. */
const sameState = (one: AnyRoute & { readonly state?: unknown }, other: AnyRoute & { readonly state?: unknown }) =>
  JSON.stringify(one.state) === JSON.stringify(other.state);

function sameSelection<R extends AnyRoute>(one: RouteSelection<R>, other: RouteSelection<R>): boolean {
  return (
    one.mayBeNone === other.mayBeNone &&
    one.reason === other.reason &&
    one.candidates.length === other.candidates.length &&
    one.candidates.every((route, index) => route === other.candidates[index])
  );
}

function byPriority(one: Choice<AnyRoute>, other: Choice<AnyRoute>): number {
  return Number(one.route.isPropagated) - Number(other.route.isPropagated) || Number(one.isList) - Number(other.isList);
}
