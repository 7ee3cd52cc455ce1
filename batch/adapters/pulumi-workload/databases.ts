import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import type { ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { securityGroups } from "../../../network/adapters/pulumi/wanted.ts";
import { isKnown, type Known } from "../../../network/reachability/known.ts";
import { hostOf } from "./host.ts";
import { hostTypes } from "./host-types.ts";
import { secretTypes } from "./service-types.ts";

const passwords = ["password", "passwordWo", "masterPassword", "masterPasswordWo", "authToken"];

/** The databases of a program, and which of them are a job's although its definition does not name them. */
export class Databases {
  readonly #program: Program;
  readonly #all: readonly ProgramResource[];

  constructor(program: Program) {
    this.#program = program;
    this.#all = program.ofType(...Object.keys(hostTypes));
  }

  /** Those whose password is in a secret of the job, or comes from where the secret's comes from. */
  withSecret(secret: ProgramResource): readonly ProgramResource[] {
    const versions = this.versionsOf(secret);
    const sources = new Set([secret, ...versions].map(({ urn }) => urn));
    for (const version of versions) {
      for (const urn of version.propertyDependencies.secretString ?? []) {
        if (this.#program.get(urn)?.type.startsWith("random:")) sources.add(urn);
      }
    }
    return this.#all.filter(({ propertyDependencies }) =>
      passwords.some((key) => propertyDependencies[key]?.some((urn) => sources.has(urn))),
    );
  }

  versionsOf(secret: ProgramResource): readonly ProgramResource[] {
    const wanted = { name: "secret", types: [secretTypes.secret] };
    return this.#program
      .ofType(secretTypes.version)
      .filter((version) => new Inputs(this.#program, version).reference("secretId", wanted) === secret.urn);
  }

  /** Those of which a security group names one of the jobs' groups: somebody means the jobs to come in. */
  thatLetIn(groups: Known<readonly string[]>): readonly ProgramResource[] {
    if (this.#all.length === 0 || !isKnown(groups)) return [];
    const letting = new Set(this.#groupsThatName(new Set(groups)));
    return this.#all.filter((resource) => {
      const { securityGroupIds } = hostOf(this.#program, resource);
      return isKnown(securityGroupIds) && securityGroupIds.some((id) => letting.has(id));
    });
  }

  *#groupsThatName(groups: ReadonlySet<string>): Generator<string> {
    const program = this.#program;
    for (const group of program.ofType(...securityGroups.types)) {
      const inputs = new Inputs(program, group);
      if (names(inputs, "ingress", "securityGroups", groups)) {
        const own = securityGroups.by?.(program, group, undefined) ?? group.urn;
        if (isKnown(own) && own !== undefined) yield own;
      }
    }
    const rules: readonly (readonly [type: string, source: string])[] = [
      ["aws:ec2/securityGroupRule:SecurityGroupRule", "sourceSecurityGroupId"],
      ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "referencedSecurityGroupId"],
    ];
    for (const [type, source] of rules) {
      for (const rule of program.ofType(type)) {
        const inputs = new Inputs(program, rule);
        if (inputs.has("type") && inputs.text("type") !== "ingress") continue;
        const [own, from] = [
          inputs.reference("securityGroupId", securityGroups),
          inputs.reference(source, securityGroups),
        ];
        if (typeof own === "string" && typeof from === "string" && groups.has(from)) yield own;
      }
    }
  }
}

/** Whether one of an input's blocks names one of these groups, or may. */
function names(inputs: Inputs, key: string, field: string, groups: ReadonlySet<string>): boolean {
  if (!inputs.has(key)) return false;
  const blocks = inputs.blocks(key);
  const mayName = () => {
    const candidates = inputs.candidates(key, securityGroups);
    return isKnown(candidates) && candidates.some((id) => groups.has(id));
  };
  if (!isKnown(blocks)) return mayName();
  return blocks.some((block) => {
    const named = block.references(field, securityGroups);
    return isKnown(named) ? named.some((id) => groups.has(id)) : mayName();
  });
}
