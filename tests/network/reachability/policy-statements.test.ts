import test from "ava";
import { judgeEndpointPolicy } from "../../../network/reachability/endpoint-policy.ts";

const request = { action: "s3:GetObject", resource: "arn:aws:s3:::layers/x" };
/** Of IAM. */
const variable = ["$", "{aws:username}"].join("");
const name = "s3:GetObject on arn:aws:s3:::layers/x";
const context = {
  "aws:SourceVpce": "vpce-1",
  "aws:SourceVpc": "vpc-1",
  "aws:SecureTransport": "true",
  "aws:RequestedRegion": undefined,
};
const allow = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" };
const deny = { ...allow, Effect: "Deny" };
const judge = (...statements: unknown[]) => {
  const { answer, reason } = judgeEndpointPolicy({ Statement: statements }, request, context);
  return `${answer}: ${reason}`;
};

/** Statements, and what their policy says of a request. */
const policies: [string, unknown[], string][] = [
  ["no statements", [], `no: no statement of its policy allows ${name}`],
  ["one that allows", [allow], `yes: statement number 1 of its policy allows ${name}`],
  ["one with a Sid", [{ ...allow, Sid: "all" }], `yes: statement all of its policy allows ${name}`],
  ["one with an empty Sid", [{ ...allow, Sid: "" }], `yes: statement number 1 of its policy allows ${name}`],
  ["one with a Sid that is no text", [{ ...allow, Sid: 7 }], `yes: statement number 1 of its policy allows ${name}`],
  ["a denial after it", [allow, deny], `no: statement number 2 of its policy denies ${name}`],
  ["a denial before it", [deny, allow], `no: statement number 1 of its policy denies ${name}`],
  [
    "a denial of other things",
    [{ ...deny, Resource: "b" }, allow],
    `yes: statement number 2 of its policy allows ${name}`,
  ],
  ["a denial alone of other things", [{ ...deny, Resource: "b" }], `no: no statement of its policy allows ${name}`],
  [
    "a denial for some",
    [allow, { ...deny, Principal: "me" }, { ...deny, Principal: { AWS: "you" } }],
    `maybe: statement number 2 of its policy may deny ${name}: it is for some principals`,
  ],
  [
    "an allowance for some",
    [{ ...allow, Principal: { AWS: "me" } }],
    `maybe: statement number 1 of its policy may allow ${name}: it is for some principals`,
  ],
  [
    "allowances for some",
    [
      { ...allow, Principal: "me" },
      { ...allow, Principal: "you" },
    ],
    `maybe: statement number 1 of its policy may allow ${name}: it is for some principals`,
  ],
  [
    "an allowance for some, and one for all",
    [{ ...allow, Principal: "me" }, allow],
    `yes: statement number 2 of its policy allows ${name}`,
  ],
  [
    "an allowance for all, and one for some",
    [allow, { ...allow, Principal: "me" }],
    `yes: statement number 1 of its policy allows ${name}`,
  ],
  [
    "an allowance and a denial, each for some",
    [
      { ...allow, Principal: "me" },
      { ...deny, Principal: "me" },
    ],
    `maybe: statement number 1 of its policy may allow ${name}: it is for some principals`,
  ],
  ["a denial for some, alone", [{ ...deny, Principal: "me" }], `no: no statement of its policy allows ${name}`],
  [
    "an effect that can't be read",
    [{ ...allow, Effect: "Perhaps" }],
    "maybe: statement number 1 of its policy has no effect that can be read",
  ],
  [
    "no effect, for other things",
    [{ ...allow, Effect: "Perhaps", Action: "ec2:*" }],
    `no: no statement of its policy allows ${name}`,
  ],
];

for (const [what, statements, expected] of policies) {
  test(`an endpoint policy with ${what}`, (t) => t.is(judge(...statements), expected));
}

test("a policy that is not there allows all, and of one that can't be read nobody knows", (t) => {
  t.deepEqual(judgeEndpointPolicy(undefined, request), {
    answer: "yes",
    reason: "the endpoint has no policy of its own",
  });
  const unreadable = { answer: "maybe", reason: "its policy has no statements that can be read" } as const;
  for (const policy of [null, "text", 7, [], { Statement: ["text"] }, { Statement: [allow, null] }, {}])
    t.deepEqual(judgeEndpointPolicy(policy, request), unreadable, JSON.stringify(policy));
  t.is(judgeEndpointPolicy({ Statement: allow }, request).answer, "yes");
});

/** Changes of a statement that allows everything, and whether it still allows the request. */
const changes: [object, "yes" | "no" | "maybe"][] = [
  [{ Action: "s3:getobject" }, "yes"],
  [{ Action: "S3:Get*" }, "yes"],
  [{ Action: "s3:Get?bject" }, "yes"],
  [{ Action: "s3:Get?Object" }, "no"],
  [{ Action: "s3:Get" }, "no"],
  [{ Action: "GetObject" }, "no"],
  [{ Action: ["ec2:*", "s3:GetObject"] }, "yes"],
  [{ Action: [] }, "no"],
  [{ Action: [7] }, "maybe"],
  [{ Action: 7 }, "maybe"],
  [{ Action: undefined }, "maybe"],
  [{ Action: undefined, NotAction: "s3:*" }, "no"],
  [{ Action: undefined, NotAction: "ec2:*" }, "yes"],
  [{ NotAction: "ec2:*" }, "maybe"],
  [{ Resource: "arn:aws:s3:::layers/*" }, "yes"],
  [{ Resource: "arn:aws:s3:::LAYERS/*" }, "no"],
  [{ Resource: "arn:aws:s3:::layers.x" }, "no"],
  [{ Resource: "arn:aws:s3:::layers" }, "no"],
  [{ Resource: `arn:aws:s3:::${variable}/*` }, "maybe"],
  [{ Resource: ["*", `arn:aws:s3:::${variable}/*`] }, "maybe"],
  [{ Resource: undefined, NotResource: "arn:aws:s3:::layers/*" }, "no"],
  [{ Resource: undefined, NotResource: "arn:aws:s3:::other/*" }, "yes"],
  [{ Principal: undefined }, "yes"],
  [{ Principal: { AWS: "*" } }, "yes"],
  [{ Principal: { AWS: ["me", "*"] } }, "yes"],
  [{ Principal: { AWS: ["me"] } }, "maybe"],
  [{ Principal: { Service: "*" } }, "maybe"],
  [{ Principal: undefined, NotPrincipal: "*" }, "maybe"],
  [{ Condition: {} }, "yes"],
  [{ Condition: "text" }, "maybe"],
  [{ Condition: { StringEquals: "text" } }, "maybe"],
  [{ Condition: { StringEquals: {} } }, "yes"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }, "yes"],
  [{ Condition: { StringEquals: { "AWS:sourcevpce": "vpce-1" } } }, "yes"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": ["vpce-2", "vpce-1"] } } }, "yes"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": "vpce-2" } } }, "no"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": 7 } } }, "maybe"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": variable } } }, "maybe"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-2" } } }, "no"],
  [
    { Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" }, StringNotEquals: { "aws:SourceVpc": "vpc-1" } } },
    "no",
  ],
  [{ Condition: { StringEquals: { "aws:RequestedRegion": "r" } } }, "maybe"],
  [{ Condition: { StringEquals: { "aws:PrincipalArn": "*" } } }, "maybe"],
  [{ Condition: { StringEquals: { "aws:PrincipalArn": "*", "aws:SourceVpc": "vpc-2" } } }, "no"],
  [{ Condition: { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } } }, "yes"],
  [{ Condition: { StringEqualsIfExists: { "aws:SourceVpce": "vpce-2" } } }, "no"],
  [{ Condition: { StringNotEquals: { "aws:SourceVpce": ["vpce-2", "vpce-3"] } } }, "yes"],
  [{ Condition: { StringNotEquals: { "aws:SourceVpce": ["vpce-2", "vpce-1"] } } }, "no"],
  [{ Condition: { StringEqualsIgnoreCase: { "aws:SourceVpce": ["x", "VPCE-1"] } } }, "yes"],
  [{ Condition: { StringEqualsIgnoreCase: { "aws:SourceVpce": "VPCE-2" } } }, "no"],
  [{ Condition: { StringNotEqualsIgnoreCase: { "aws:SourceVpce": ["x", "VPCE-1"] } } }, "no"],
  [{ Condition: { StringNotEqualsIgnoreCase: { "aws:SourceVpce": ["x", "VPCE-2"] } } }, "yes"],
  [{ Condition: { StringLike: { "aws:SourceVpce": ["x", "vpce-*"] } } }, "yes"],
  [{ Condition: { StringLike: { "aws:SourceVpce": "VPCE-*" } } }, "no"],
  [{ Condition: { StringNotLike: { "aws:SourceVpce": ["x", "vpce-*"] } } }, "no"],
  [{ Condition: { StringNotLike: { "aws:SourceVpce": ["x", "y*"] } } }, "yes"],
  [{ Condition: { Bool: { "aws:SecureTransport": true } } }, "yes"],
  [{ Condition: { Bool: { "aws:SecureTransport": "true" } } }, "yes"],
  [{ Condition: { Bool: { "aws:SecureTransport": false } } }, "no"],
  [{ Condition: { Null: { "aws:SourceVpce": false } } }, "yes"],
  [{ Condition: { Null: { "aws:SourceVpce": "true" } } }, "no"],
  [{ Condition: { NumericEquals: { "aws:SourceVpce": "1" } } }, "maybe"],
];

for (const [change, answer] of changes) {
  const verb = { yes: "allows", no: "does not allow", maybe: "may allow" }[answer];
  test(`a statement with ${JSON.stringify(change)} ${verb} the request`, (t) => {
    t.is(judgeEndpointPolicy({ Statement: [{ ...allow, ...change }] }, request, context).answer, answer);
  });
}

test("why a statement may match is said", (t) => {
  const reason = (change: object) =>
    judgeEndpointPolicy({ Statement: [{ ...allow, ...change }] }, request, context)
      .reason.split(": ")
      .at(-1);
  t.is(reason({ Action: 7 }), "its Action can't be read");
  t.is(reason({ Resource: variable }), "it has a policy variable");
  t.is(reason({ Principal: "me" }), "it is for some principals");
  t.is(reason({ Condition: 7 }), "its condition can't be read");
  t.is(reason({ Condition: { Bool: 7 } }), "its condition can't be read");
  t.is(reason({ Condition: { Bool: { "x-y": true } } }), "it has a condition on x-y");
  t.is(reason({ Condition: { StringLike: { "aws:SourceVpce": variable } } }), "it has a policy variable");
});
