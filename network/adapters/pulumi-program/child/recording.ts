import type { ProgramResource, Properties } from "../../pulumi/resource.ts";
import type { Assignment } from "./protocol.ts";

const stackType = "pulumi:pulumi:Stack";

/** What has been declared so far, by URN. */
export class Recording {
  readonly #assignment: Pick<Assignment, "project" | "stack">;
  readonly #resources = new Map<string, ProgramResource>();

  constructor(assignment: Pick<Assignment, "project" | "stack">) {
    this.#assignment = assignment;
  }

  /** `urn:pulumi:STACK::PROJECT::PARENT'S TYPES$TYPE::NAME`; the stack's type is left out (pulumi/sdk/go/common/resource/urn). */
  urnOf(type: string, name: string, parent: string | undefined): string {
    const parentTypes = parent?.split("::")[2];
    const types = parentTypes === undefined || parentTypes === stackType ? type : `${parentTypes}$${type}`;
    return `urn:pulumi:${this.#assignment.stack}::${this.#assignment.project}::${types}::${name}`;
  }

  has(urn: string): boolean {
    return this.#resources.has(urn);
  }

  get(urn: string): ProgramResource | undefined {
    return this.#resources.get(urn);
  }

  add(resource: ProgramResource): void {
    this.#resources.set(resource.urn, resource);
  }

  addOutputs(urn: string, outputs: Properties): void {
    const resource = this.#resources.get(urn);
    if (resource !== undefined) this.#resources.set(urn, { ...resource, outputs: { ...resource.outputs, ...outputs } });
  }

  /** What the program asked of providers that only an account can tell. */
  lookUps(): string[] {
    return [...this.#resources.values()]
      .filter(({ isRead, name }) => isRead && /^get\w+\(/.test(name))
      .map(({ name }) => name);
  }

  content(): { readonly resources: readonly ProgramResource[]; readonly outputs: Properties } {
    const resources = [...this.#resources.values()];
    return { resources, outputs: resources.find(({ type }) => type === stackType)?.outputs ?? {} };
  }
}
