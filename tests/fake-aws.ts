import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { faultsOfRequest } from "./sdk-model.ts";

// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape.
export type Json = any;

/** A call as it arrives: `describejobs`, `GetLogEvents`. */
export interface AwsCall {
  readonly operation: string;
  readonly body: Json;
  /** Of the caller's credentials. */
  readonly key: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What an operation answers; a function, or one answer after the other, the last for ever. */
export type Answer = { readonly status?: number; readonly error?: string; readonly body?: Json } | "cut" | "silence";
export type Operation = ((body: Json, call: number) => Answer | Promise<Answer>) | readonly Answer[];

/**
 * The HTTP side of AWS Batch and CloudWatch Logs, as far as a test says, where AWS_ENDPOINT_URL leads. Requests that the SDK's
 * model of these services does not have are refused.
 */
export interface FakeAws {
  readonly calls: AwsCall[];
  readonly url: string;
  /** Calls of an operation, in order. */
  bodies(operation: string): Json[];
  answer(operation: string, how: Operation): void;
}

/** Credentials and Region for whatever is asked, and no others of this machine. */
export const fakeEnvironment = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_REGION: "eu-west-1",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

export async function startFakeAws(t: Pick<ExecutionContext, "teardown">): Promise<FakeAws> {
  const calls: AwsCall[] = [];
  const operations = new Map<string, Operation>();
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await textOf(request)) || "{}");
    const target = request.headers["x-amz-target"];
    const operation = typeof target === "string" ? target.split(".").at(-1)! : request.url!.split("/").at(-1)!;
    const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1];
    calls.push({ operation, body, key, at: Date.now() });
    const number = counts.get(operation) ?? 0;
    counts.set(operation, number + 1);
    const faults = faultsOfRequest(operation, body);
    if (faults.length > 0) {
      reply({ status: 400, error: "ClientException", body: { message: faults.join("; ") } }, request, response);
      return;
    }
    const how = operations.get(operation) ?? [{ status: 400, error: "ClientException", body: { message: "untold" } }];
    const given = typeof how === "function" ? await how(body, number) : (how[number] ?? how.at(-1)!);
    reply(given, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    calls,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies: (operation) => calls.filter((call) => call.operation === operation).map(({ body }) => body),
    answer: (operation, how) => void operations.set(operation, how),
  };
}

/** For all clients of this process, until another one is. */
export function useFakeAws({ url }: FakeAws): void {
  Object.assign(process.env, fakeEnvironment, { AWS_ENDPOINT_URL: url });
}

function reply(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  if (answer === "cut") request.socket.destroy();
  if (typeof answer === "string") return;
  const { status = 200, error, body = {} } = answer;
  response.writeHead(status, {
    "content-type": typeof body === "string" ? "text/html" : "application/json",
    ...(error === undefined ? {} : { "x-amzn-errortype": error }),
  });
  response.end(typeof body === "string" ? body : JSON.stringify(error ? { __type: error, ...body } : body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
