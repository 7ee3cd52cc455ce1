import { BatchClient, type BatchClientConfig } from "@aws-sdk/client-batch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";

/** Of the SDK's settings, those that tests and machines differ in; the rest it finds itself (AWS_PROFILE, AWS_ENDPOINT_URL, ...). */
export interface ClientSettings {
  readonly region: string;
  /** How often a call is made that is refused as too many, or is lost; default 8, or AWS_MAX_ATTEMPTS. */
  readonly maxAttempts?: number | undefined;
}

export interface Clients {
  readonly batch: BatchClient;
  /** For submissions: what is not answered is not repeated, since it may have been heard. */
  readonly submitting: BatchClient;
  readonly logs: CloudWatchLogsClient;
  destroy(): void;
}

// That AWS will ask for a newer Node.js some day is nothing that a person who watches a job can mend now.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** With waits of up to 20 s between them: about a minute. */
const byDefault = process.env.AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: 8 } : {};

/** Made anew they read the files of credentials anew, where a person may have logged in again meanwhile. */
export function makeClients({ region, maxAttempts }: ClientSettings): Clients {
  const config = {
    region,
    ...(maxAttempts === undefined ? byDefault : { maxAttempts }),
    // No answer for ever is no answer.
    requestHandler: { connectionTimeout: 5000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    // The SDK hands it on to the providers of credentials; its types don't tell.
    ignoreCache: true,
  } satisfies BatchClientConfig & { ignoreCache: boolean };
  const batch = new BatchClient(config);
  const submitting = new BatchClient({ ...config, maxAttempts: 1 });
  const logs = new CloudWatchLogsClient(config);
  return {
    batch,
    submitting,
    logs,
    destroy: () => {
      for (const client of [batch, submitting, logs]) client.destroy();
    },
  };
}

/** AWS_REGION's or the profile's. @throws where there is none */
export const regionOfSettings = async (): Promise<string> => await new BatchClient({}).config.region();
