import { setImmediate as turn } from "node:timers/promises";
import type { CopyColumn } from "../../data/binary-copy/column.ts";
import { UnencodableValue } from "../../data/binary-copy/unencodable-value.ts";
import type { Chunk } from "../../data/repositories/contracts.ts";
import { BadRecord, type OpenSource } from "../../data/sources/source.ts";
import { Failure } from "../../failure.ts";
import type { LoadDefinition } from "./definition.ts";
import { jsonSafe, textSafe } from "./json-safe.ts";
import { transformReturned, transformThrew } from "./transform-fault.ts";

/** What is known of a source once it is open. */
export interface SourceFacts {
  version: string;
  rows: number;
  parts: readonly number[];
}

/** Chunks of a step's rows, read, transformed and encoded. */
export interface Producer {
  open(name: string): Promise<SourceFacts>;
  /**
   * A chunk's data are there until the next one is asked for.
   * @param spares memory of chunks that are done with, used for the next ones: without it, buffers of some megabytes would
   * pile up between two garbage collections
   */
  produce(request: ProduceRequest, spares?: ArrayBuffer[]): AsyncIterable<Chunk>;
  close(): Promise<void>;
}

export interface ProduceRequest {
  name: string;
  from: number;
  to: number;
  columns: readonly CopyColumn[];
}

// biome-ignore lint/suspicious/noExplicitAny: each definition has items, rows and a reference of its own
export type AnyLoad = LoadDefinition<any, any, any>;

/** Collects rows in the form that the database takes them in. */
export interface Encoder {
  /** Rows added since the last `take`. */
  readonly rows: number;
  /** @throws UnencodableValue; that row is left out */
  add(row: object): void;
  /** The rows added since the last `take`. */
  take(): Uint8Array;
}

export type MakeEncoder = (columns: readonly CopyColumn[], spares: ArrayBuffer[]) => Encoder;

/** Reads, transforms and encodes in this thread. */
export function producer(definition: (name: string) => AnyLoad, makeEncoder: MakeEncoder): Producer {
  const sources = new Map<string, Promise<OpenSource<unknown>>>();
  const references = new Map<string, Promise<unknown>>();
  const once = <T>(cache: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> => {
    const known = cache.get(name) ?? make();
    cache.set(name, known);
    return known;
  };
  const openSource = (name: string) => once(sources, name, () => definition(name).source.open());
  return {
    async open(name) {
      const { version, rows, parts } = await openSource(name);
      const referred = await Promise.all(definition(name).referenceSources.map((source) => source.open()));
      return { version: [version, ...referred.map((source) => source.version)].join("+"), rows, parts };
    },
    async *produce({ name, from, to, columns }, spares = []) {
      const load = definition(name);
      const source = await openSource(name);
      const reference = await once(references, name, () => load.reference());
      yield* chunks(load, { source, reference, encoder: makeEncoder(columns, spares) }, { name, from, to, columns });
    },
    async close() {},
  };
}

async function* chunks(
  load: AnyLoad,
  { source, reference, encoder }: { source: OpenSource<unknown>; reference: unknown; encoder: Encoder },
  { name, from, to, columns }: ProduceRequest,
): AsyncGenerator<Chunk> {
  let bad: Chunk["bad"][number][] = [];
  let first = from;
  let known = false;
  const take = (next: number): Chunk => {
    const chunk = { first, next, rows: encoder.rows, bad, data: encoder.take() };
    first = next;
    bad = [];
    return chunk;
  };
  for await (const batch of source.read(from, to)) {
    let row = batch.first;
    for (const item of batch.items) {
      let result: unknown = item;
      if (!(item instanceof BadRecord)) {
        try {
          result = load.transform(item, row, reference);
        } catch (error) {
          throw transformThrew({ name, location: load.source.location, row }, error);
        }
      }
      if (result instanceof BadRecord) {
        bad.push({ row, reason: textSafe(String(result.reason)), record: jsonSafe(result.record) });
      } else if (typeof result !== "object" || result === null || result instanceof Promise) {
        throw transformReturned({ name, row }, result);
      } else {
        if (!known) known = checkProperties(result, columns);
        try {
          encoder.add(result);
        } catch (error) {
          if (!(error instanceof UnencodableValue)) throw error;
          bad.push({ row, reason: textSafe(error.message), record: jsonSafe(item) });
        }
      }
      row++;
      if (row - first === load.commitInterval) yield take(row);
    }
    // Timers, signals and sockets get their turn between batches.
    await turn();
    if (row === to && first < to) yield take(to);
  }
  if (first < to)
    throw new Failure("failed", `Source ${load.source.location} ended after row ${first}, before row ${to}.`);
}

/** A property that no column takes would be lost without a word: a mistake in the transform or the model. */
function checkProperties(row: object, columns: readonly CopyColumn[]): true {
  const unknown = Object.keys(row).filter((property) => !columns.some((column) => column.property === property));
  if (unknown.length > 0) throw new TypeError(`transform returns ${unknown.join(", ")}, which the model does not have`);
  return true;
}
