type Args = Readonly<Record<string, unknown>>;

/**
 * What a scenario says otherwise than the good program, by logical name: arguments that take the place of the program's, `null`
 * to leave a resource out.
 */
export type Changes<Parts> = Readonly<Record<string, Args | null | ((parts: Parts) => Args)>>;

/** Makes the resources of a good program, with the changes of a scenario. */
export class Recipe<Parts extends object> {
  /** What has been made so far. */
  readonly parts = {} as Parts;
  readonly #changes: Changes<Parts>;
  readonly #unused: Set<string>;

  constructor(changes: Changes<Parts>) {
    this.#changes = changes;
    this.#unused = new Set(Object.keys(changes));
  }

  /** What it returns of a resource that the scenario leaves out must not be used. */
  make<Own, OwnArgs extends object>(Type: new (name: string, args: OwnArgs) => Own, name: string, args: OwnArgs): Own {
    if (this.#changes[name] === null) {
      this.#unused.delete(name);
      return undefined as Own;
    }
    const made = new Type(name, this.changed(name, args));
    Object.assign(this.parts, { [name]: made });
    return made;
  }

  /** Arguments as the scenario has them. */
  changed<Own extends object>(name: string, args: Own): Own {
    this.#unused.delete(name);
    const change = this.#changes[name];
    return { ...args, ...(typeof change === "function" ? change(this.parts) : change) };
  }

  /** @throws Error for a change of what the program does not have */
  done(): Parts {
    if (this.#unused.size > 0) throw new Error(`The good program has no ${[...this.#unused].join(", ")}.`);
    return this.parts;
  }
}
