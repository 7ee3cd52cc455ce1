import * as v from "valibot";
import { egresses, natGatewayChoices } from "./network/plan.ts";

/** The stack's config as the engine hands it over, by full key: `batch-preflight:zones`. */
export type Settings = Readonly<Record<string, string>>;

/**
 * The settings and what stands for those that nobody gives; the same as in Pulumi.yaml, which describes them. An empty
 * text or list is one that is not given: Pulumi.yaml knows no optional settings.
 */
export const defaults = {
  cidrBlock: "10.20.0.0/16",
  zones: 2,
  zoneNames: [] as readonly string[],
  subnetCidrBlocks: [] as readonly string[],
  egress: "endpoints" as (typeof egresses)[number],
  natGateways: "one" as (typeof natGatewayChoices)[number],
  flowLogs: false,
  vpcId: "",
  subnetIds: [] as readonly string[],
  launchType: "ec2",
  instanceTypes: ["optimal"] as readonly string[],
  minvCpus: 0,
  maxvCpus: 16,
  image: "",
  vcpu: "1",
  memory: 2048,
  timeout: 3600,
  attempts: 3,
  arraySize: 1,
  sourceLocations: [] as readonly string[],
  databaseInstanceClass: "db.t4g.micro",
  databaseStorage: 20,
  databaseMultiZone: false,
  databaseBackupDays: 7,
  databaseUrlSecretArn: "",
  databaseCidrBlock: "",
  databasePort: 5432,
  deletionProtection: true,
  logRetentionDays: 30,
};
export type Values = { -readonly [Name in keyof typeof defaults]: (typeof defaults)[Name] };

const choices: Partial<Record<keyof Values, readonly string[]>> = { egress: egresses, natGateways: natGatewayChoices };

const list = v.array(v.string());

/**
 * Each setting of the project as its default's type; where one is of another, the default, and a sentence that says so. A
 * setting that there is not is a fault too: one that is misspelt would leave another at its default.
 */
export function readValues(project: string, settings: Settings): { values: Values; faults: string[] } {
  const prefix = `${project}:`;
  const faults = Object.keys(settings)
    .filter((key) => key.startsWith(prefix) && !Object.hasOwn(defaults, key.slice(prefix.length)))
    .map((key) => `${key.slice(prefix.length)} is no setting; correct it, or remove it: Pulumi.yaml names them all.`);
  const values = Object.fromEntries(
    Object.entries(defaults).map(([name, byDefault]) => {
      const text = settings[prefix + name];
      if (text === undefined || (text === "" && typeof byDefault !== "string")) return [name, byDefault];
      const fail = (what: string) => {
        faults.push(`${name} is ${JSON.stringify(text)}; it must be ${what}.`);
        return [name, byDefault];
      };
      if (typeof byDefault === "number") {
        return text.trim() !== "" && Number.isFinite(Number(text)) ? [name, Number(text)] : fail("a number");
      }
      if (typeof byDefault === "boolean") {
        return text === "true" || text === "false" ? [name, text === "true"] : fail("true or false");
      }
      if (Array.isArray(byDefault)) {
        const parsed = v.safeParse(list, parseJson(text));
        return parsed.success ? [name, parsed.output] : fail("a list of texts");
      }
      const among = choices[name as keyof Values];
      return among === undefined || among.includes(text) ? [name, text] : fail(`one of ${among.join(", ")}`);
    }),
  ) as Values;
  if (!Number.isFinite(Number(values.vcpu)) || values.vcpu.trim() === "") {
    faults.push(`vcpu is ${JSON.stringify(values.vcpu)}; it must be a number.`);
    values.vcpu = defaults.vcpu;
  }
  return { values, faults };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
