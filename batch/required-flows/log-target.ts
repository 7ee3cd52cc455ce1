import { type Known, Unknown } from "../../network/reachability/known.ts";

/**
 * Where a container's log goes
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_LogConfiguration.html; the drivers' options: Docker's manual,
 * Configure logging drivers).
 */
export type LogTarget =
  | {
      readonly type: "awslogs";
      /** Undefined: the compute environment's own. */
      readonly region: Known<string> | undefined;
      readonly group: Known<string>;
      readonly createsGroup: Known<boolean>;
    }
  /** The instance itself. */
  | { readonly type: "local" }
  | { readonly type: "host"; readonly host: string; readonly port: number; readonly protocol: "tcp" | "udp" };

/** AWS Batch sends the log of a job that says nothing else there (Batch user guide, Using the awslogs log driver). */
export const defaultLogGroup = "/aws/batch/job";

type Options = Readonly<Record<string, Known<string>>>;

export function logTargetOf(driver: Known<string | undefined>, options: Options = {}): Known<LogTarget> {
  if (driver instanceof Unknown) return driver;
  switch (driver) {
    case undefined:
    case "awslogs": {
      const creates = options["awslogs-create-group"] ?? "false";
      return {
        type: "awslogs",
        region: options["awslogs-region"],
        group: options["awslogs-group"] ?? defaultLogGroup,
        createsGroup: creates instanceof Unknown ? creates : creates === "true",
      };
    }
    case "json-file":
    case "journald":
    case "none":
    case "local":
      return { type: "local" };
    case "splunk":
      return at(driver, "splunk-url", options, undefined, { port: undefined });
    case "fluentd":
      return at(driver, "fluentd-address", options, "tcp://127.0.0.1:24224", { port: 24_224 });
    case "gelf":
      return at(driver, "gelf-address", options, undefined, { port: 12_201 });
    case "syslog":
      return at(driver, "syslog-address", options, "unix:///dev/log", { port: 514 });
    case "logentries":
      return { type: "host", host: "data.logentries.com", port: 443, protocol: "tcp" };
    default:
      return new Unknown(`where the log driver ${driver} sends to`);
  }
}

function at(
  driver: string,
  option: string,
  options: Options,
  otherwise: string | undefined,
  defaults: { port: number | undefined },
): Known<LogTarget> {
  const value = options[option] ?? otherwise;
  if (value === undefined) return new Unknown(`where the log driver ${driver} sends to: its ${option} is not set`);
  if (value instanceof Unknown) return value;
  const text = value.includes("://") ? value : `tcp://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = url?.protocol.slice(0, -1);
  if (scheme?.startsWith("unix")) return { type: "local" };
  const port = url?.port ? Number(url.port) : (schemePorts[scheme ?? ""] ?? defaults.port);
  if (!url?.hostname || port === undefined)
    return new Unknown(`where the log driver ${driver} sends to: its ${option} is ${value}`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host === "127.0.0.1" || host === "::1") return { type: "local" };
  return { type: "host", host, port, protocol: scheme === "udp" ? "udp" : "tcp" };
}

const schemePorts: Readonly<Record<string, number>> = { http: 80, https: 443 };
