import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { isKnown, type Known, Unknown } from "../../../network/reachability/known.ts";
import { parseArn } from "../../required-flows/arn.ts";

/** Region and account of what names neither itself nor by its provider. */
export interface StackLocation {
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  /** The images of job definitions whose own are not told, nor come from a resource: a person says which they are. */
  readonly images?: readonly string[];
  /** Whether jobs on Fargate get a public address whose definition does not tell: a person says so. */
  readonly assignPublicIp?: boolean | undefined;
}

/** In which Region and account the resources of a program are. Whoever has the same unknown Region has the same `Unknown`. */
export class Locations {
  readonly #program: Program;
  readonly #region: Known<string>;
  readonly #accountId: Known<string>;
  readonly #ofProviders = new Map<string, Known<string>>();

  constructor(program: Program, { region, accountId }: StackLocation) {
    this.#program = program;
    this.#region = region ?? new Unknown("the Region is not set: no aws:region in the stack's config");
    this.#accountId = accountId ?? new Unknown("the number of the account is known only after `pulumi up`");
  }

  regionOf({ inputs, outputs, provider }: ProgramResource): Known<string> {
    const own = [inputs.region, outputs.region].find(isTold) ?? this.#regionOfProvider(provider);
    return own ?? this.#region;
  }

  accountOf({ outputs, provider }: ProgramResource): Known<string> {
    const own = isTold(outputs.arn) ? parseArn(outputs.arn)?.accountId : undefined;
    if (own) return own;
    return provider === undefined || !isKnown(this.#accountId)
      ? this.#accountId
      : new Unknown(`the account that ${provider} is for`);
  }

  /** Undefined where it is the same. */
  regionBeside(resource: ProgramResource, other: Known<string>): Known<string> | undefined {
    const region = this.regionOf(resource);
    return region === other ? undefined : region;
  }

  #regionOfProvider(urn: string | undefined): Known<string> | undefined {
    if (urn === undefined) return undefined;
    const known = this.#ofProviders.get(urn);
    if (known !== undefined) return known;
    const region = this.#program.get(urn)?.inputs.region;
    if (region === undefined || region === null) return undefined;
    const own = isTold(region) ? region : new Unknown(`region of ${urn} is known only after \`pulumi up\``);
    this.#ofProviders.set(urn, own);
    return own;
  }
}

const isTold = (value: unknown): value is string => typeof value === "string" && value !== "" && !isUnknownValue(value);
