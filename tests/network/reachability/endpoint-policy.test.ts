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

/** Requests of which parts are not known, a pattern of a policy, and whether it lets them through. */
const unsure: readonly (readonly [action: string, resource: string, pattern: Partial<typeof allow>, answer: string])[] =
  [
    ["ecs:Poll", "arn:aws:ecs:eu-west-1:*:cluster/*", { Resource: "*" }, "yes"],
    ["ecs:Poll", "arn:aws:ecs:eu-west-1:*:cluster/*", { Resource: "arn:aws:ecs:*:*:cluster/*" }, "yes"],
    ["ecs:Poll", "arn:aws:ecs:eu-west-1:*:cluster/*", { Resource: "arn:aws:ecs:*:1:cluster/one" }, "maybe"],
    ["ecs:Poll", "arn:aws:ecs:eu-west-1:*:cluster/*", { Resource: "arn:aws:ecs:us-east-1:*:cluster/*" }, "no"],
    ["ecs:Poll", "arn:aws:ecs:eu-west-1:*:cluster/*", { Action: "ecs:Start*" }, "no"],
    ["sqs:*", "arn:aws:sqs:eu-west-1:1:work", { Action: "*" }, "yes"],
    ["sqs:*", "arn:aws:sqs:eu-west-1:1:work", { Action: "SQS:*" }, "yes"],
    ["sqs:*", "arn:aws:sqs:eu-west-1:1:work", { Action: "sqs:SendMessage" }, "maybe"],
    ["sqs:*", "arn:aws:sqs:eu-west-1:1:work", { Action: "s3:*" }, "no"],
  ];

for (const [action, resource, pattern, answer] of unsure) {
  test(`${action} on ${resource}, partly unknown, with ${JSON.stringify(pattern)}: ${answer}`, (t) => {
    const policy = { Statement: [{ ...allow, ...pattern }] };
    t.is(judgeEndpointPolicy(policy, { action, resource, unknown: "later" }).answer, answer as "yes");
  });
}

test("an account that stands for another may be the one that a policy names", (t) => {
  const asked = {
    action: "ecr:BatchGetImage",
    resource: "arn:aws:ecr:eu-west-1:000000000000:repository/a",
    mayBe: "arn:aws:ecr:eu-west-1:*:repository/a",
    unknown: "the account",
  };
  const answer = (Resource: string) => judgeEndpointPolicy({ Statement: [{ ...allow, Resource }] }, asked).answer;
  t.is(answer("arn:aws:ecr:eu-west-1:000000000000:repository/*"), "yes");
  t.is(answer("arn:aws:ecr:eu-west-1:123456789012:repository/a"), "maybe");
  t.is(answer("arn:aws:ecr:eu-west-1:123456789012:repository/b"), "no");
});

const layers = { action: "s3:GetObject", resource: "arn:aws:s3:::layers/*", owner: "amazon" } as const;

for (const [operator, key, value, answer] of [
  ["StringEquals", "aws:ResourceAccount", "123456789012", "no"],
  ["StringEquals", "aws:ResourceAccount", ["123456789012", "210987654321"], "maybe"],
  ["StringNotEquals", "aws:ResourceAccount", "123456789012", "yes"],
  ["StringEqualsIfExists", "aws:ResourceOrgID", "o-1234567890", "no"],
  ["StringLike", "aws:ResourceOrgID", "*", "yes"],
  ["StringEquals", "aws:PrincipalAccount", "123456789012", "maybe"],
] as const) {
  test(`what is Amazon's own, if ${operator} ${key} ${value}: ${answer}`, (t) => {
    const Statement = { Sid: "Own", ...allow, Resource: "*", Condition: { [operator]: { [key]: value } } };
    t.is(judgeEndpointPolicy({ Statement }, layers).answer, answer);
  });
}

test("a statement that would allow a request but for its condition is named", (t) => {
  const own = { ...allow, Resource: "*", Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } } };
  const statements = [
    { ...allow, Resource: "arn:aws:s3:::results/*" },
    { Sid: "Own", ...own },
  ];
  t.is(
    judgeEndpointPolicy({ Statement: statements }, layers).reason,
    "no statement of its policy allows s3:GetObject on arn:aws:s3:::layers/*; statement Own would, but its condition on aws:ResourceAccount does not hold, and what is asked for is Amazon's own",
  );
});
