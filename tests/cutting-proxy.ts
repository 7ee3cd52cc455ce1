import type { AddressInfo } from "node:net";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";

/** A TCP relay in front of a server; it can hang up on both sides in the middle of a message. */
export interface CuttingProxy {
  readonly port: number;
  /** Hangs up on all that goes through once `bytes` more have come from the clients. */
  cutAfter(bytes: number): void;
  /** Whether the cut that was asked for has happened. */
  readonly hasCut: boolean;
  close(): Promise<void>;
}

export async function cuttingProxy(target: { host: string; port: number }): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let hasCut = false;
  const server: Server = createServer((client) => {
    const upstream = connectTo(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    upstream.pipe(client);
    client.on("data", (block) => {
      if (block.length < left) {
        left -= block.length;
        if (!upstream.write(block)) {
          client.pause();
          upstream.once("drain", () => client.resume());
        }
        return;
      }
      upstream.write(block.subarray(0, left));
      left = Number.POSITIVE_INFINITY;
      hasCut = true;
      for (const socket of sockets) socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(bytes) {
      left = bytes;
      hasCut = false;
    },
    get hasCut() {
      return hasCut;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
