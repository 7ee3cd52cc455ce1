/** The little of js-yaml 3 and 4 that is used; the package has no types of its own. */
declare module "js-yaml" {
  class YAMLException extends Error {
    readonly reason: string;
    readonly mark?: { readonly line: number; readonly column: number };
  }
  const yaml: {
    readonly YAMLException: typeof YAMLException;
    /** YAML 1.2's core: dates stay text, as the Pulumi CLI has them. */
    readonly CORE_SCHEMA: object;
    load(text: string, options?: { schema?: object }): unknown;
  };
  // Version 3 has no named exports.
  export default yaml;
}
