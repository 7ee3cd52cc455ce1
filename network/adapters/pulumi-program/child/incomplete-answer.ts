import { type Properties, unknownValue } from "../../pulumi/resource.ts";
import type { ResultShape } from "./result-shape.ts";

/** The key by which an answer says that there is more than it holds. */
const moreKey = "__more";

/** An answer that knows only some of its properties. */
export function incomplete(said: Properties, shape: ResultShape): Properties {
  return { ...said, [moreKey]: shape };
}

/** As an output's value: each property that the answer lacks is unknown. */
export function completed(answer: unknown, unknown: unknown): unknown {
  if (!isIncomplete(answer)) return answer;
  const { [moreKey]: shape, ...said } = answer;
  const rest = Object.fromEntries(Object.keys(shape).map((key) => [key, unknown]));
  return withDefault({ ...rest, ...said }, unknown);
}

/**
 * As the value of a promise, which can't be unknown to the SDK: texts that hold the mark of an unknown value. What is
 * computed from one holds it too, so that it is unknown again when it reaches a resource.
 */
export function completedPlainly(answer: unknown): unknown {
  if (!isIncomplete(answer)) return marked(answer);
  const { [moreKey]: shape, ...said } = answer;
  const rest = Object.entries(shape).map(([key, isList]) => [key, isList ? [unknownValue] : unknownValue]);
  return withDefault({ ...Object.fromEntries(rest), ...(marked(said) as object) }, unknownValue);
}

type Incomplete = Properties & { readonly [moreKey]: ResultShape };

function isIncomplete(answer: unknown): answer is Incomplete {
  return typeof answer === "object" && answer !== null && Object.hasOwn(answer, moreKey);
}

/** For a package that doesn't tell what its functions return. */
function withDefault(said: object, value: unknown): object {
  return new Proxy(said, {
    get(target, key, receiver) {
      // The SDK asks `__pulumi...` and promises ask `then` to tell what an object is.
      if (key in target || typeof key === "symbol" || /^(__|then$|toJSON$)/.test(key)) {
        return Reflect.get(target, key, receiver);
      }
      return value;
    },
  });
}

/** The SDK's own unknown as the text that stands for it. */
function marked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ((value as { __pulumiUnknown?: true }).__pulumiUnknown) return unknownValue;
  if (Array.isArray(value)) return value.map(marked);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, marked(part)]));
}
