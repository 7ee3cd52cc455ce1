import { type Answer, and } from "./packet-set.ts";

/** What a flow asks through an endpoint, for any principal. */
export interface PolicyRequest {
  /** `s3:GetObject`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Why parts of the two are not known; each `*` in them then stands for some characters that nobody knows. */
  readonly unknown?: string;
  /** What else the ARN may be, where it is known only to be one of some. */
  readonly mayBe?: string;
  /** Of a resource that is Amazon's own: no customer's account has it, nor organization. */
  readonly owner?: "amazon";
}

/** What is known of every request through the endpoint, by the names of IAM's global condition keys. */
export type PolicyContext = Readonly<Record<string, string | undefined>>;

export interface PolicyJudgement {
  readonly answer: Answer;
  /** What decides, or why it is not known. */
  readonly reason: string;
}

type Json = Record<string, unknown>;

/**
 * Whether an endpoint's policy lets a request through: a Deny that matches decides, else an Allow is needed. An endpoint
 * without a policy lets everything through (PrivateLink guide, Control access to VPC endpoints using endpoint policies).
 * A statement with a condition on what is not in `context`, a principal of its own or a policy variable may match or not.
 */
export function judgeEndpointPolicy(
  policy: unknown,
  request: PolicyRequest,
  context: PolicyContext = {},
): PolicyJudgement {
  if (policy === undefined) return { answer: "yes", reason: "the endpoint has no policy of its own" };
  const statements = statementsOf(policy);
  if (!statements) return { answer: "maybe", reason: "its policy has no statements that can be read" };
  const name = `${request.action} on ${request.resource}`;
  const refused: PolicyJudgement = { answer: "no", reason: `no statement of its policy allows ${name}` };
  let allowed = refused;
  let denied: PolicyJudgement | undefined;
  for (const [index, statement] of statements.entries()) {
    const match = matches(statement, request, context);
    const label = typeof statement.Sid === "string" && statement.Sid !== "" ? statement.Sid : `number ${index + 1}`;
    if (match.answer === "no") {
      if (statement.Effect === "Allow" && match.reason !== "" && allowed === refused)
        allowed = { ...refused, reason: `${refused.reason}; statement ${label} would, but ${match.reason}` };
      continue;
    }
    if (statement.Effect === "Deny") {
      if (match.answer === "yes") return { answer: "no", reason: `statement ${label} of its policy denies ${name}` };
      denied ??= { answer: "maybe", reason: `statement ${label} of its policy may deny ${name}: ${match.reason}` };
    } else if (statement.Effect === "Allow") {
      if (match.answer === "yes")
        allowed = { answer: "yes", reason: `statement ${label} of its policy allows ${name}` };
      else if (allowed.answer === "no")
        allowed = { answer: "maybe", reason: `statement ${label} of its policy may allow ${name}: ${match.reason}` };
    } else return { answer: "maybe", reason: `statement ${label} of its policy has no effect that can be read` };
  }
  return allowed.answer === "yes" && denied ? denied : allowed;
}

function statementsOf(policy: unknown): Json[] | undefined {
  if (!isObject(policy)) return undefined;
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return statements.every(isObject) ? statements : undefined;
}

/** The policy with the request allowed and by no statement denied. */
export function allowRequest(policy: unknown, request: PolicyRequest): unknown {
  const { action, resource } = request;
  const statements = (policy === undefined ? [] : statementsOf(policy)) ?? [];
  const allow = { Effect: "Allow", Principal: "*", Action: action, Resource: resource };
  const kept = statements.filter(
    (statement) => statement.Effect !== "Deny" || matches(statement, request, {}).answer === "no",
  );
  return { ...(isObject(policy) ? policy : {}), Statement: [...kept, allow] };
}

interface Matched {
  readonly answer: Answer;
  readonly reason: string;
}

function matches(statement: Json, request: PolicyRequest, context: PolicyContext): Matched {
  const { action, resource, unknown, mayBe = resource } = request;
  const isActionKnown = unknown === undefined || !action.includes("*");
  const parts: Matched[] = [
    matchList(
      statement,
      "Action",
      (pattern) =>
        isActionKnown
          ? asAnswer(wildcard(pattern, "i").test(action))
          : matchPartly(pattern.toLowerCase(), action.toLowerCase()),
      unknown,
    ),
    matchList(
      statement,
      "Resource",
      (pattern) => {
        if (unknown === undefined) return asAnswer(wildcard(pattern, "").test(resource));
        const answer = matchPartly(pattern, resource);
        return answer === "no" && matchPartly(pattern, mayBe) !== "no" ? "maybe" : answer;
      },
      unknown,
    ),
    matchPrincipal(statement),
    ...matchCondition(statement.Condition, { ...context, ...ownerContext[request.owner ?? "unknown"] }),
  ];
  const answer = parts.map((part) => part.answer).reduce(and);
  // What does not hold is told where all else does.
  const failing = parts.filter((part) => part.answer === "no");
  if (answer === "no") return { answer, reason: failing.length === 1 ? (failing[0]?.reason ?? "") : "" };
  return { answer, reason: parts.find((part) => part.answer === "maybe")?.reason ?? "" };
}

/** `Action` or `NotAction`, `Resource` or `NotResource`: one of them is there. */
function matchList(statement: Json, key: string, match: (pattern: string) => Answer, unknown = ""): Matched {
  const [own, not] = [statement[key], statement[`Not${key}`]];
  const patterns = listOf(own ?? not);
  if (!patterns || (own === undefined) === (not === undefined))
    return { answer: "maybe", reason: `its ${key} can't be read` };
  if (patterns.some((pattern) => pattern.includes("${")))
    return { answer: "maybe", reason: "it has a policy variable" };
  const answers = patterns.map(match);
  const isIn = answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
  if (isIn === "maybe") return { answer: isIn, reason: unknown };
  return { answer: asAnswer((isIn === "yes") === (own !== undefined)), reason: "" };
}

function matchPrincipal({ Principal: principal, NotPrincipal: not }: Json): Matched {
  if (principal === undefined && not === undefined) return { answer: "yes", reason: "" };
  const everyone = principal === "*" || (isObject(principal) && listOf(principal.AWS)?.includes("*"));
  return everyone ? { answer: "yes", reason: "" } : { answer: "maybe", reason: "it is for some principals" };
}

/** Every operator and every key of it must hold, for one of the values (IAM guide, Condition). */
function matchCondition(condition: unknown, context: PolicyContext): Matched[] {
  if (condition === undefined) return [];
  if (!isObject(condition)) return [{ answer: "maybe", reason: "its condition can't be read" }];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isObject(keys)) return [{ answer: "maybe" as const, reason: "its condition can't be read" }];
    return Object.entries(keys).map(([key, value]) => matchKey(operator, key, value, context));
  });
}

/** A number that no one gives in a condition. */
const amazonsNumber = "Amazon's own";

const ownerContext: Readonly<Record<"amazon" | "unknown", PolicyContext>> = {
  amazon: { "aws:ResourceAccount": amazonsNumber, "aws:ResourceOrgID": amazonsNumber },
  unknown: {},
};

function matchKey(operator: string, key: string, value: unknown, context: PolicyContext): Matched {
  const known = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  const patterns = listOf(typeof value === "boolean" ? String(value) : value);
  const test = conditionOperators[operator.replace(/IfExists$/, "")];
  if (known === undefined || !patterns || !test) return { answer: "maybe", reason: `it has a condition on ${key}` };
  if (patterns.some((pattern) => pattern.includes("${")))
    return { answer: "maybe", reason: "it has a policy variable" };
  // Who lists several may know Amazon's.
  if (known === amazonsNumber && patterns.length > 1)
    return { answer: "maybe", reason: `it has a condition on ${key}` };
  if (test(known, patterns)) return { answer: "yes", reason: "" };
  const own = known === amazonsNumber ? ", and what is asked for is Amazon's own" : "";
  return { answer: "no", reason: `its condition on ${key} does not hold${own}` };
}

const conditionOperators: Readonly<Record<string, (known: string, patterns: readonly string[]) => boolean>> = {
  StringEquals: (known, patterns) => patterns.includes(known),
  StringNotEquals: (known, patterns) => !patterns.includes(known),
  StringEqualsIgnoreCase: (known, patterns) => patterns.some((one) => one.toLowerCase() === known.toLowerCase()),
  StringNotEqualsIgnoreCase: (known, patterns) => patterns.every((one) => one.toLowerCase() !== known.toLowerCase()),
  StringLike: (known, patterns) => patterns.some((one) => wildcard(one, "").test(known)),
  StringNotLike: (known, patterns) => !patterns.some((one) => wildcard(one, "").test(known)),
  Bool: (known, patterns) => patterns.includes(known),
  Null: (_, patterns) => patterns.includes("false"),
};

/** IAM's wildcards: `*` any characters, `?` one. */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", "(?:.)");
  return new RegExp(`^${source}$`, `su${flags}`);
}

const asAnswer = (is: boolean): Answer => (is ? "yes" : "no");

/** Whether a pattern is for all that `value` may be, each `*` of it standing for unknown characters; for some; for none. */
function matchPartly(pattern: string, value: string): Answer {
  const isForAll = new RegExp(wildcard(pattern, "").source.replaceAll("(?:.)", "[^*]"), "su").test(value);
  return isForAll ? "yes" : canMeet(pattern, value) ? "maybe" : "no";
}

/** Whether there is a text that two patterns are both for: the first with `*` and `?`, the second with `*` alone. */
function canMeet(one: string, text: string): boolean {
  const other = [...text];
  // Where one can stand in the second pattern, after what the first has so far.
  let places = after([0], other);
  for (const character of one) {
    if (character === "*")
      places = Array.from(
        { length: other.length - (places[0] ?? other.length + 1) + 1 },
        (_, index) => (places[0] ?? 0) + index,
      );
    else {
      const next = places.flatMap((place) => {
        if (other[place] === "*") return [place];
        return other[place] !== undefined && (character === "?" || other[place] === character) ? [place + 1] : [];
      });
      places = after(
        [...new Set(next)].sort((a, b) => a - b),
        other,
      );
    }
    if (places.length === 0) return false;
  }
  return places.includes(other.length);
}

/** A `*` may stand for nothing. */
function after(places: readonly number[], pattern: readonly string[]): number[] {
  const all = new Set(places);
  for (const place of all) if (pattern[place] === "*") all.add(place + 1);
  return [...all].sort((a, b) => a - b);
}

function listOf(value: unknown): string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
