import { unknownValue } from "../../pulumi/resource.ts";

/** The key by which an answer says that it has more properties than those it holds. */
export const moreKey = "__more";

/** As an output's value: each property that the answer lacks is unknown. */
export function completed(answer: unknown, unknown: unknown): unknown {
  if (!isIncomplete(answer)) return answer;
  const { [moreKey]: _, ...said } = answer;
  return withDefault(said, unknown);
}

/**
 * As the value of a promise, which can't be unknown to the SDK: texts that hold the mark of an unknown value. What is
 * computed from one holds it too, so that it is unknown again when it reaches a resource.
 */
export function completedPlainly(answer: unknown): unknown {
  if (!isIncomplete(answer)) return marked(answer);
  const { [moreKey]: _, ...said } = answer;
  return withDefault(marked(said) as object, unknownValue);
}

function isIncomplete(answer: unknown): answer is Record<string, unknown> {
  return typeof answer === "object" && answer !== null && Object.hasOwn(answer, moreKey);
}

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
