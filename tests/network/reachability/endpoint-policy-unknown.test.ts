import test from "ava";
import fc from "fast-check";
import { allowRequest, judgeEndpointPolicy } from "../../../network/reachability/endpoint-policy.ts";

/* Requests of which parts of the resource are not known, written `*`. */

const statement = (Effect: string, Resource: unknown, more: object = {}) => ({
  Effect,
  Principal: "*",
  Action: "*",
  Resource,
  ...more,
});

const judge = (Statement: unknown, resource: string) =>
  judgeEndpointPolicy({ Statement }, { action: "s3:GetObject", resource, unknown: "who makes it names it" });

const layers = "arn:aws:s3:::prod-*-layers/*";

const cases: readonly (readonly [title: string, statements: unknown, resource: string, answer: string])[] = [
  ["an Allow for all", statement("Allow", "*"), layers, "yes"],
  ["an Allow for what is known of it", statement("Allow", "arn:aws:s3:::prod-*"), layers, "yes"],
  ["an Allow for one of what it may be", statement("Allow", "arn:aws:s3:::prod-r-layers/*"), layers, "maybe"],
  ["an Allow for what it cannot be", statement("Allow", "arn:aws:s3:::test-*"), layers, "no"],
  ["an Allow for what ends otherwise", statement("Allow", "arn:aws:s3:::*-other"), "arn:aws:s3:::*-layers", "no"],
  ["an Allow for a name of one character", statement("Allow", "arn:aws:s3:::?"), "arn:aws:s3:::*", "maybe"],
  ["two Allows that may be for it", [statement("Allow", "arn:a*"), statement("Allow", "arn:b*")], "arn:*", "maybe"],
  [
    "an Allow for all but one",
    statement("Allow", undefined, { NotResource: "arn:aws:s3:::prod-r-*" }),
    layers,
    "maybe",
  ],
  ["an Allow for all but others", statement("Allow", undefined, { NotResource: "arn:aws:s3:::test-*" }), layers, "yes"],
  ["an Allow for all but these", statement("Allow", undefined, { NotResource: "arn:aws:s3:::prod-*" }), layers, "no"],
  [
    "a Deny of one of what it may be",
    [statement("Allow", "*"), statement("Deny", "arn:aws:s3:::prod-r-*")],
    layers,
    "maybe",
  ],
  ["a Deny of what it cannot be", [statement("Allow", "*"), statement("Deny", "arn:aws:s3:::test-*")], layers, "yes"],
  ["a Deny of all of it", [statement("Allow", "*"), statement("Deny", "arn:aws:s3:::prod-*")], layers, "no"],
  ["a Deny of a name with a letter of two halves", [statement("Allow", "*"), statement("Deny", "a😀?")], "a*", "maybe"],
  ["a letter of two halves for one character", statement("Allow", "a?b"), "a😀b", "yes"],
];

for (const [title, statements, resource, answer] of cases) {
  test(`${title}, asked for ${resource}: ${answer}`, (t) => {
    const judged = judge(statements, resource);
    t.is(judged.answer, answer as typeof judged.answer, judged.reason);
  });
}

test("why it is not known is said", (t) => {
  t.is(
    judge(statement("Allow", "arn:aws:s3:::prod-r-layers/*"), layers).reason,
    `statement number 1 of its policy may allow s3:GetObject on ${layers}: who makes it names it`,
  );
});

test("a star that is known is a star, and not what nobody knows", (t) => {
  const asked = { action: "ecr:GetAuthorizationToken", resource: "*" };
  t.is(judgeEndpointPolicy({ Statement: statement("Allow", "arn:*") }, asked).answer, "no");
  t.is(judgeEndpointPolicy({ Statement: statement("Allow", "*") }, asked).answer, "yes");
});

/** All texts that a resource may be, its stars filled with up to `most` letters. */
function* textsOf(resource: string, most: number): Generator<string> {
  const star = resource.indexOf("*");
  if (star < 0) return yield resource;
  for (const rest of textsOf(resource.slice(star + 1), most))
    for (const letters of wordsOf(most)) yield resource.slice(0, star) + letters + rest;
}

const wordsOf = (most: number): string[] =>
  most === 0 ? [""] : ["", ...["a", "b"].flatMap((letter) => wordsOf(most - 1).map((rest) => letter + rest))];

/** IAM's wildcards, letter by letter. */
function isMatch(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === "*") return isMatch(rest, text) || (text !== "" && isMatch(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && isMatch(rest, text.slice(1));
}

const word = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...letters), { maxLength }).map((all) => all.join(""));
/** At most two stars. */
const resources = fc.tuple(word("ab", 2), word("ab", 2), word("ab", 2), fc.nat(2)).map((parts) =>
  parts
    .slice(0, 3)
    .join("|")
    .replace("|", "*")
    .replace("|", parts[3] > 0 ? "*" : ""),
);

for (const effect of ["Allow", "Deny"]) {
  test(`whether a statement that would ${effect.toLowerCase()} is for a resource is what it is for all that it may be`, (t) => {
    const property = fc.property(word("ab*?", 4), resources, (pattern, resource) => {
      const statements = [statement("Allow", effect === "Allow" ? pattern : "*"), statement(effect, pattern)];
      const { answer } = judge(statements, resource);
      const isFor = effect === "Allow" ? answer : answer === "yes" ? "no" : answer === "no" ? "yes" : answer;
      const found = [...textsOf(resource, 4)].map((text) => isMatch(pattern, text));
      if (isFor === "yes") return found.every((is) => is);
      // A pattern of four letters is for some text of that many letters more, if for any.
      return found.includes(true) === (isFor === "maybe");
    });
    t.notThrows(() => fc.assert(property, { numRuns: 1500 }));
  });
}

test("a policy that is made to allow such a request allows it", (t) => {
  const property = fc.property(word("ab*?", 4), word("ab*?", 4), resources, (allowed, denied, resource) => {
    const request = { action: "s3:GetObject", resource, unknown: "nobody knows" };
    const policy = { Statement: [statement("Allow", allowed), statement("Deny", denied)] };
    return judgeEndpointPolicy(allowRequest(policy, request), request).answer === "yes";
  });
  t.notThrows(() => fc.assert(property));
});
