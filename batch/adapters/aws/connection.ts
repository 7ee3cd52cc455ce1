import { Outage } from "../../jobs/outage.ts";
import { type ClientSettings, type Clients, makeClients } from "./clients.ts";
import { type Call, faultOf } from "./faults.ts";

/** Clients of one Region, whose failures are sentences; made anew when the credentials have expired. */
export class Connection {
  readonly #settings: Omit<ClientSettings, "region">;
  readonly #region: () => Promise<string>;
  #clients: Promise<Clients> | undefined;
  #hasAnswered = false;

  /** `region`: asked when it is first needed, and again when credentials have expired. */
  constructor(region: () => Promise<string>, settings: Omit<ClientSettings, "region"> = {}) {
    this.#region = region;
    this.#settings = settings;
  }

  /** @throws Failure, Outage */
  async call<Answer>(call: Call, ask: (clients: Clients) => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await ask(await this.#open());
      this.#hasAnswered = true;
      return answer;
    } catch (error) {
      const fault = faultOf(error, call, this.#hasAnswered);
      if (isExpiry(fault)) await this.#close();
      throw fault;
    }
  }

  async region(): Promise<string> {
    return await (await this.#open()).batch.config.region();
  }

  async #open(): Promise<Clients> {
    this.#clients ??= this.#region().then((region) => makeClients({ ...this.#settings, region }));
    try {
      return await this.#clients;
    } catch (error) {
      this.#clients = undefined;
      throw error;
    }
  }

  async #close(): Promise<void> {
    const clients = this.#clients;
    this.#clients = undefined;
    (await clients)?.destroy();
  }
}

/** A login that a person can renew elsewhere, as opposed to a service that is down. */
const isExpiry = (fault: unknown): boolean => fault instanceof Outage && fault.kind === "usage";
