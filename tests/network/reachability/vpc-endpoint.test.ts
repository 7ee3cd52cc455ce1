import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { asked, ecr, endpoints as made, s3 } from "../endpoints.ts";
import { brief, why } from "../resources.ts";

const allow = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const requests = [
  { action: "s3:GetObject", resource: "arn:aws:s3:::layers/x" },
  { action: "s3:PutObject", resource: "arn:aws:s3:::out/x" },
];
const when = (condition: object) => ({ Statement: { ...allow, Condition: { StringEquals: condition } } });

/** Policies, and what is said of two requests through either kind of endpoint. */
const policies: [string, unknown, string][] = [
  [
    "nothing for one of them",
    { Statement: { ...allow, Action: "s3:Get*" } },
    `not-reachable; endpoint-policy vpc-endpoint vpce-s3: vpce-s3 does not let the request through: no statement of its policy allows s3:PutObject on arn:aws:s3:::out/x. Let the policy of vpce-s3 allow s3:PutObject on arn:aws:s3:::out/x, and no statement deny it.`,
  ],
  [
    "nothing at all",
    { Statement: [] },
    `not-reachable; endpoint-policy vpc-endpoint vpce-s3: vpce-s3 does not let the request through: no statement of its policy allows s3:GetObject on arn:aws:s3:::layers/x. Let the policy of vpce-s3 allow s3:GetObject on arn:aws:s3:::layers/x, and no statement deny it.; endpoint-policy vpc-endpoint vpce-s3: vpce-s3 does not let the request through: no statement of its policy allows s3:PutObject on arn:aws:s3:::out/x. Let the policy of vpce-s3 allow s3:PutObject on arn:aws:s3:::out/x, and no statement deny it.`,
  ],
  [
    "a policy that is not known",
    why,
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: somebody sets it later.`,
  ],
  [
    "the endpoint's VPC",
    when({ "aws:SourceVpc": "vpc", "aws:RequestedRegion": "r", "aws:SecureTransport": "true" }),
    `reachable`,
  ],
  [
    "another VPC",
    when({ "aws:SourceVpc": "far" }),
    `not-reachable; endpoint-policy vpc-endpoint vpce-s3: vpce-s3 does not let the request through: no statement of its policy allows s3:GetObject on arn:aws:s3:::layers/x; statement number 1 would, but its condition on aws:SourceVpc does not hold. Let the policy of vpce-s3 allow s3:GetObject on arn:aws:s3:::layers/x, and no statement deny it.; endpoint-policy vpc-endpoint vpce-s3: vpce-s3 does not let the request through: no statement of its policy allows s3:PutObject on arn:aws:s3:::out/x; statement number 1 would, but its condition on aws:SourceVpc does not hold. Let the policy of vpce-s3 allow s3:PutObject on arn:aws:s3:::out/x, and no statement deny it.`,
  ],
  [
    "some principal",
    when({ "aws:PrincipalArn": "me" }),
    `unknown; unknown-value vpc-endpoint vpce-s3: Not known: statement number 1 of its policy may allow s3:GetObject on arn:aws:s3:::layers/x: it has a condition on aws:PrincipalArn.; unknown-value vpc-endpoint vpce-s3: Not known: statement number 1 of its policy may allow s3:PutObject on arn:aws:s3:::out/x: it has a condition on aws:PrincipalArn.`,
  ],
];

for (const [what, policyDocument, expected] of policies) {
  test(`through a gateway endpoint whose policy has ${what}`, (t) => {
    t.is(brief(asked(made({ gateway: { policyDocument } }), s3, { requests })), expected);
  });
}

test("the policy of an interface endpoint knows its id, and the Region and HTTPS where they are known", (t) => {
  const verdict = (condition: object, more: Partial<T.Topology> = {}) =>
    asked(made({ own: { policyDocument: when(condition) }, more }), ecr, { requests }).verdict;
  t.is(verdict({ "aws:SourceVpce": "vpce-ecr" }), "reachable");
  t.is(verdict({ "aws:SourceVpce": "vpce-s3" }), "not-reachable");
  t.is(verdict({ "aws:RequestedRegion": "r" }, { vpcs: why }), "unknown");
  const { vpcs } = made();
  const nowhere = new Map([...(vpcs as ReadonlyMap<string, T.Vpc>)].map(([id, vpc]) => [id, { ...vpc, region: "" }]));
  t.is(verdict({ "aws:RequestedRegion": "" }, { vpcs: nowhere }), "unknown");
  const http = { Statement: { ...allow, Condition: { Bool: { "aws:SecureTransport": "true" } } } };
  t.is(
    asked(made({ gateway: { policyDocument: http } }), s3, { requests, ports: { from: 80, to: 80 } }).explanations
      .length,
    3,
  );
});
