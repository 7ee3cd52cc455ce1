import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";

/** A plugin of the engine that runs in this process; the engine attaches to its port. */
export interface Plugin {
  readonly port: number;
  close(): void;
}

export async function servePlugin(
  service: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): Promise<Plugin> {
  const size = 400 * 1024 * 1024;
  const server = new Server({ "grpc.max_receive_message_length": size, "grpc.max_send_message_length": size });
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

type Answer<Response> = (error: Error | null, response?: Response) => void;

/** A method from a function of its request: what it throws is the error that the engine gets. */
export function method<Request, Response>(answerTo: (request: Request) => Response | Promise<Response>) {
  return async (call: { readonly request: Request }, answer: Answer<Response>): Promise<void> => {
    let response: Response;
    try {
      response = await answerTo(call.request);
    } catch (error) {
      answer(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    answer(null, response);
  };
}
