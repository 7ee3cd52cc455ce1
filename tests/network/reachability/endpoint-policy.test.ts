import test from "ava";
import { judgeEndpointPolicy } from "../../../network/reachability/endpoint-policy.ts";

const request = { action: "s3:GetObject", resource: "arn:aws:s3:::layers/abc" };
const allow = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };

const cases: readonly (readonly [title: string, statements: unknown, answer: string])[] = [
  ["the default policy", allow, "yes"],
  ["several statements of which one allows", [{ ...allow, Action: "s3:PutObject" }, allow], "yes"],
  ["no statement for the action", { ...allow, Action: "s3:PutObject" }, "no"],
  ["an action in other letters", { ...allow, Action: "S3:getobject" }, "yes"],
  ["a wildcard in the action", { ...allow, Action: ["s3:Get*"] }, "yes"],
  ["a wildcard for one character", { ...allow, Action: "s3:Get?bject" }, "yes"],
  ["a wildcard that fits another service", { ...allow, Action: "ecr:*" }, "no"],
  ["NotAction of the action", { ...allow, Action: undefined, NotAction: "s3:Get*" }, "no"],
  ["NotAction of another", { ...allow, Action: undefined, NotAction: "s3:Put*" }, "yes"],
  ["a bucket that is another", { ...allow, Resource: "arn:aws:s3:::other/*" }, "no"],
  ["the bucket, whose name is case-sensitive", { ...allow, Resource: "arn:aws:s3:::LAYERS/*" }, "no"],
  ["a dot that is no wildcard", { ...allow, Resource: "arn:aws:s3:::layers.abc" }, "no"],
  ["NotResource of the bucket", { ...allow, Resource: undefined, NotResource: "arn:aws:s3:::layers/*" }, "no"],
  ["a Deny over an Allow", [allow, deny], "no"],
  ["Denies alone", { ...deny, Action: "s3:PutObject" }, "no"],
  ["a Deny of something else", [allow, { ...deny, Action: "s3:PutObject" }], "yes"],
  ["a Deny with a condition", [allow, { ...deny, Condition: { StringEquals: { "aws:PrincipalArn": "x" } } }], "maybe"],
  ["an Allow with a condition", { ...allow, Condition: { StringEquals: { "aws:PrincipalArn": "x" } } }, "maybe"],
  ["an empty condition", { ...allow, Condition: {} }, "yes"],
  ["principals as AWS's star", { ...allow, Principal: { AWS: "*" } }, "yes"],
  ["some principals", { ...allow, Principal: { AWS: "arn:aws:iam::1:role/x" } }, "maybe"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's own
  ["a policy variable", { ...allow, Resource: "arn:aws:s3:::layers/${aws:username}" }, "maybe"],
  ["an effect that is none", { ...allow, Effect: "Perhaps" }, "maybe"],
  ["Action and NotAction", { ...allow, NotAction: "s3:Put*" }, "maybe"],
  ["statements that are none", "Allow", "maybe"],
];

for (const [title, statements, answer] of cases) {
  test(`${title}: ${answer}`, (t) => {
    const judged = judgeEndpointPolicy({ Version: "2012-10-17", Statement: statements }, request);
    t.is(judged.answer, answer as typeof judged.answer, judged.reason);
  });
}

test("an endpoint without a policy lets everything through", (t) => {
  t.is(judgeEndpointPolicy(undefined, request).answer, "yes");
});

test("a policy that is no object is not known", (t) => {
  t.is(judgeEndpointPolicy([], request).answer, "maybe");
});
