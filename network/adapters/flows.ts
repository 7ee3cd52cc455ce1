import { readFileSync } from "node:fs";
import type { Flow } from "../reachability/flow.ts";
import type { Topology } from "../reachability/topology.ts";
import { families, Places } from "./flows/places.ts";
import { type Question, questionOf } from "./flows/question.ts";

export { Places } from "./flows/places.ts";
export { type Question, questionOf } from "./flows/question.ts";

/** What a file of flows can't be read for; all of it at once. */
export class FlowsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * The flows of a JSON Lines file, as packets of `topology`.
 * @throws FlowsError with the line of each fault
 */
export function readFlows(file: string, topology: Topology): { question: Question; flow: Flow }[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new FlowsError([`${file} can't be read: ${(error as Error).message}`]);
  }
  const places = new Places(topology);
  const faults: string[] = [];
  const flows: { question: Question; flow: Flow }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const question = questionOf(line);
      flows.push({ question, flow: flowOf(question, places) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`${file}:${index + 1}: ${error.message}`);
    }
  }
  if (faults.length === 0 && flows.length === 0) faults.push(`${file} has no flows`);
  if (faults.length > 0) throw new FlowsError(faults);
  return flows;
}

/**
 * The packets that a question is about.
 * @throws RangeError where its ends are none, or have no family of addresses in common
 */
export function flowOf({ source, destination, protocol, port, requests }: Question, places: Places): Flow {
  const from = places.source(source);
  // Whose an address is, is the same with both families.
  const to = places.destination(destination, from.at(from.families[0] ?? 4).place);
  const family = families.find((one) => from.families.includes(one) && to.families.includes(one));
  if (family === undefined) {
    const textOf = (own: readonly number[]) => own.map((one) => `IPv${one}`).join(" and ") || "without an address";
    throw new RangeError(
      `source ${source} is ${textOf(from.families)} and destination ${destination} ${textOf(to.families)}`,
    );
  }
  const { place, address } = to.at(family);
  return {
    source: from.at(family).place,
    destination: place,
    ...(address === undefined ? {} : { address }),
    family,
    protocol,
    ports: port === undefined ? undefined : { from: port, to: port },
    ...(requests ? { requests } : {}),
  };
}
