import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExecutionContext } from "ava";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What stands for Amazon S3, at a port of its own: it answers as it is told, the last way from then on. */
export async function objectStore(t: Pick<ExecutionContext, "teardown">, ...answers: readonly Answer[]) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    request.resume();
    answers[Math.min(requests.length, answers.length) - 1]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { requests, url, env: environmentOf(url) };
}

/** What a client needs to ask there and nowhere else. */
export const environmentOf = (url: string, attempts = 2) => ({
  AWS_ENDPOINT_URL_S3: url,
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "me",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_MAX_ATTEMPTS: String(attempts),
});

export const object =
  (bytes: Uint8Array, length = bytes.length): Answer =>
  (_, response) => {
    response.writeHead(200, { "content-type": "application/gzip", "content-length": length });
    // As a connection that breaks.
    response.write(bytes, () => (length === bytes.length ? response.end() : response.destroy()));
  };

export const fault =
  (status: number, code: string, message = "So it is."): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  };
