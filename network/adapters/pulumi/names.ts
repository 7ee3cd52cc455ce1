import type { Component } from "../../reachability/explanation.ts";
import { Inputs } from "./inputs.ts";
import type { Program } from "./program.ts";
import { networkAcls, routeTables, securityGroups, types } from "./wanted.ts";

/** What follows a URN in the id of what AWS makes of its own accord, and what it is called. */
const ownNouns: Readonly<Record<string, string>> = {
  "default-security-group": "the default security group of",
  "default-route-table": "the default route table of",
  "default-network-acl": "the default network ACL of",
  "network-interface": "the network interface of",
  vpc: "the VPC of",
  "transit-gateway": "the transit gateway of",
  peer: "the other side of",
};

/** How ids of a program's topology are told to people, and which resource of the program stands for them. */
export class Names {
  readonly #program: Program;
  readonly #shared = new Set<string>();
  /** What a program adopts: the default group, table or network ACL of a VPC. */
  readonly #adopted = new Map<string, string>();

  constructor(program: Program) {
    this.#program = program;
    const seen = new Set<string>();
    for (const { name, isCustom } of program.resources) {
      if (!isCustom) continue;
      if (seen.has(name)) this.#shared.add(name);
      seen.add(name);
    }
    for (const [own, key, wanted] of [
      [types.defaultSecurityGroup, "", securityGroups],
      [types.defaultRouteTable, "defaultRouteTableId", routeTables],
      [types.defaultNetworkAcl, "defaultNetworkAclId", networkAcls],
    ] as const) {
      for (const resource of program.ofType(...own)) {
        const inputs = new Inputs(program, resource);
        const id = key === "" ? wanted.by?.(program, resource, undefined) : inputs.reference(key, wanted);
        if (typeof id === "string") this.#adopted.set(id, resource.urn);
      }
    }
  }

  /** The resource of the program to change: for what AWS makes with a VPC, the VPC, unless the program adopts it. */
  declared(id: string): string {
    const adopted = this.#adopted.get(id);
    if (adopted !== undefined) return adopted;
    const [urn = id] = id.split("#");
    return urn !== "" && this.#program.get(urn) ? urn : id;
  }

  component({ type, id }: Component): Component {
    return { type, id: this.declared(id) };
  }

  /** The logical name; with the type before it where several resources have that name. */
  name(id: string): string {
    if (id.startsWith("#")) return id.replace(/^#(prefix-list:)?/, "");
    const adopted = this.#adopted.get(id);
    const [urn = "", part] = (adopted ?? id).split("#");
    const resource = this.#program.get(urn);
    if (!resource) return id;
    const { name, type } = resource;
    const own = this.#shared.has(name) ? `${type.split(":").at(-1)} ${name}` : name;
    const noun = part === undefined ? undefined : ownNouns[part];
    return noun === undefined ? own : `${noun} ${own}`;
  }

  /** A sentence with names in place of ids. */
  text(sentence: string): string {
    if (!sentence.includes("urn:pulumi:") && !sentence.includes("#prefix-list:")) return sentence;
    let text = "";
    let rest = sentence;
    for (;;) {
      const start = rest.search(/urn:pulumi:|#prefix-list:/);
      if (start < 0) return text + rest;
      const id = this.#idAt(rest.slice(start));
      text += rest.slice(0, start) + (id === undefined ? rest.slice(start, start + 1) : this.name(id));
      rest = rest.slice(start + (id?.length ?? 1));
    }
  }

  /** The longest id of the topology that a text begins with: names of resources may have spaces and commas. */
  #idAt(text: string): string | undefined {
    const list = /^#prefix-list:[\w.-]*\w/.exec(text);
    if (list) return list[0];
    let found: string | undefined;
    for (const { urn } of this.#program.resources)
      if (text.startsWith(urn) && urn.length > (found?.length ?? 0)) found = urn;
    if (found === undefined) return undefined;
    const part = /^#[a-z-]+/.exec(text.slice(found.length));
    return part && Object.hasOwn(ownNouns, part[0].slice(1)) ? found + part[0] : found;
  }
}
