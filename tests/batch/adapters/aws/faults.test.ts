import test from "ava";
import { faultOf, mayHaveBeenHeard } from "../../../../batch/adapters/aws/faults.ts";
import { Outage } from "../../../../batch/jobs/outage.ts";
import { Failure } from "../../../../worker/failure.ts";

const call = { service: "AWS Batch", action: "batch:SubmitJob" };
const error = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const socket = (code: string, more: object = {}) => error("Error", `connect ${code}`, { code, ...more });
const answered = (httpStatusCode: number, name: string, message = "") =>
  error(name, message, { $metadata: { httpStatusCode } });

/** Whether it may pass, whether it may have been heard, and what is said. */
const faults: readonly (readonly [title: string, Error, passes: boolean, heard: boolean, sentence: RegExp])[] = [
  [
    "a name of localhost's that refuses by each of its addresses",
    Object.assign(new AggregateError([socket("ECONNREFUSED", { address: "::1" }), socket("ECONNREFUSED")], ""), {
      code: "ECONNREFUSED",
    }),
    true,
    false,
    /can't be reached \(ECONNREFUSED\)/,
  ],
  [
    "a failure within a failure",
    new AggregateError([socket("ENETUNREACH", { address: "10.0.0.1" })], "all failed"),
    true,
    false,
    /can't be reached \(ENETUNREACH 10\.0\.0\.1\)/,
  ],
  [
    "a cause of a cause",
    new Error("outer", { cause: new Error("inner", { cause: socket("ETIMEDOUT") }) }),
    true,
    true,
    /can't be reached \(ETIMEDOUT\)/,
  ],
  [
    "a host that nobody knows",
    socket("ENOTFOUND", { hostname: "batch.eu-wset-1.amazonaws.com" }),
    true,
    false,
    /can't be reached \(ENOTFOUND batch\.eu-wset-1\.amazonaws\.com\); check the network, the Region/,
  ],
  ["silence", error("TimeoutError", "Request timed out"), true, true, /can't be reached \(no answer in time\)/],
  [
    "a certificate of a proxy's own",
    socket("SELF_SIGNED_CERT_IN_CHAIN"),
    true,
    true,
    /can't be reached \(SELF_SIGNED_CERT_IN_CHAIN\)/,
  ],
  [
    "a gateway that is down",
    answered(502, "Unknown", "Bad Gateway"),
    true,
    true,
    /is out of order \(batch:SubmitJob: 502 Bad Gateway\)/,
  ],
  ["a call too many", answered(400, "ThrottlingException", "Rate exceeded"), true, false, /one call too many/],
  [
    "a login of IAM Identity Center that has expired",
    error("CredentialsProviderError", "The SSO session associated with this profile has expired. Run aws sso login."),
    true,
    false,
    /^The credentials for AWS have expired \(The SSO session .*\); renew them/,
  ],
  [
    "a token that has expired",
    error("TokenProviderError", "Token is expired. To refresh this SSO session run 'aws sso login'."),
    true,
    false,
    /^The credentials for AWS have expired/,
  ],
  [
    "a profile that there is not",
    error("CredentialsProviderError", "Could not resolve credentials using profile: [nobody]"),
    false,
    false,
    /^There are no credentials for AWS \(Could not resolve credentials using profile: \[nobody\]\)/,
  ],
  ["no Region", error("Error", "Region is missing"), false, false, /^No Region is set; set AWS_REGION/],
  [
    "a clock that is wrong",
    answered(403, "SignatureDoesNotMatch", "Signature expired"),
    false,
    false,
    /this machine's clock/,
  ],
  [
    "a refusal by no name",
    answered(403, "Unknown", "Forbidden"),
    false,
    false,
    /^AWS denies batch:SubmitJob \(Forbidden\)/,
  ],
  [
    "a field that is wrong",
    answered(400, "ClientException", "Array size must be\n between 2 and 10000"),
    false,
    false,
    /^AWS Batch refuses batch:SubmitJob: Array size must be between 2 and 10000\.$/,
  ],
];
for (const [title, thrown, passes, heard, sentence] of faults) {
  test(`one sentence tells of ${title}`, (t) => {
    const fault = faultOf(thrown, call) as Failure;
    t.true(fault instanceof Failure);
    t.is(fault instanceof Outage, passes);
    t.regex(fault.message, sentence);
    t.regex(fault.message, /^[^\n]+\.$/);
    t.is(mayHaveBeenHeard(fault), heard);
    t.is(fault.cause, thrown);
  });
}

test("bugs, what was stopped, and sentences stay what they are", (t) => {
  const own = new Failure("usage", "so it is.");
  for (const thrown of [new TypeError("x is not a function"), error("AbortError", "stopped"), own, "text"]) {
    t.is(faultOf(thrown, call), thrown);
  }
});

for (const [title, one, sentence] of [
  [
    "an address that is none",
    error("TypeError", "Invalid URL", { code: "ERR_INVALID_URL", input: "moto" }),
    /"moto" is no address; correct AWS_ENDPOINT_URL/,
  ],
  [
    "a key with the end of a line in it",
    error("TypeError", "Invalid character", { code: "ERR_INVALID_CHAR" }),
    /credentials have a character/,
  ],
  [
    "a token's file that is missing",
    error("Error", "ENOENT: open '/x'", { code: "ENOENT", syscall: "open" }),
    /can't be read \(ENOENT: open '\/x'\)/,
  ],
] as const) {
  test(`${title} is told as a setting`, (t) => {
    const fault = faultOf(one, call);
    t.true(fault instanceof Failure && fault.kind === "usage" && !(fault instanceof Outage));
    t.regex((fault as Failure).message, sentence);
  });
}

test("what is no HTTP is told as not AWS", (t) => {
  const fault = faultOf(error("Error", "Parse Error: Expected HTTP/", { code: "HPE_INVALID_CONSTANT" }), call);
  t.regex((fault as Failure).message, /^What answers for AWS Batch is not AWS \(.*Parse Error/);
});

for (const [action, allowed] of [
  ["batch:SubmitJob", "has all that is needed"],
  ["batch:TerminateJob", "is for jobs that node batch submit has put into its queue, and arrays as a whole"],
] as const) {
  test(`who is denied ${action} is told what the stack's policy lets`, (t) => {
    const { message } = faultOf(answered(403, "AccessDeniedException"), { ...call, action }) as Error;
    t.true(message.endsWith(`(the stack's policy for submitters ${allowed}).`), message);
  });
}
