import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The properties of a function's result, and whether each is a list. */
export type ResultShape = Readonly<Record<string, boolean>>;

/**
 * Read from the package's own declarations, which Pulumi generates in one style for all packages:
 * `aws:ec2/getVpc:getVpc` is `interface GetVpcResult` in `ec2/getVpc.d.ts`.
 */
export class ResultShapes {
  readonly #require: NodeJS.Require;
  readonly #shapes = new Map<string, ResultShape>();

  constructor(entryPoint: string) {
    this.#require = createRequire(entryPoint);
  }

  /** Empty where the package says nothing. */
  of(token: string): ResultShape {
    const known = this.#shapes.get(token);
    if (known !== undefined) return known;
    const shape = shapeIn(this.#declarations(token));
    this.#shapes.set(token, shape);
    return shape;
  }

  #declarations(token: string): string {
    const [name, module = "", functionName] = token.split(":");
    try {
      const folder = path.dirname(this.#require.resolve(`@pulumi/${name}/package.json`));
      const places = [`${module}.d.ts`, `${module.replace(/^index\//, "")}.d.ts`, `${module}/${functionName}.d.ts`];
      const file = places.map((place) => path.join(folder, place)).find((each) => existsSync(each));
      return file === undefined ? "" : readFileSync(file, "utf8");
    } catch {
      return "";
    }
  }
}

function shapeIn(declarations: string): ResultShape {
  const body = /^export interface \w+Result \{\n([\s\S]*?)^\}/m.exec(declarations)?.[1] ?? "";
  const properties = [...body.matchAll(/^ {4}readonly (\w+)\??: (.+)$/gm)];
  return Object.fromEntries(properties.map(([, name = "", type = ""]) => [name, type.endsWith("[];")]));
}
