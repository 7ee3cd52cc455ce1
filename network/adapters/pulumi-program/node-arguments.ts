/** Loaders of TypeScript: tsx is always there and does what they do. */
const loader = /^(tsx|ts-node|@swc-node\/register|esbuild-register)(\/|$)/;

const loaderFlags: ReadonlySet<string> = new Set(["--import", "--require", "-r", "--loader", "--experimental-loader"]);

/** What `nodeargs` of Pulumi.yaml asks Node.js for, without the loaders of TypeScript. */
export function programArguments(nodeargs: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < nodeargs.length; at += 1) {
    const argument = nodeargs[at]!;
    const [flag = "", attached] = argument.split("=", 2);
    const isLoaderFlag = loaderFlags.has(flag);
    const value = isLoaderFlag && attached === undefined ? nodeargs[at + 1] : attached;
    const isSeparate = isLoaderFlag && attached === undefined;
    if (!(isLoaderFlag && value !== undefined && loader.test(value))) {
      kept.push(argument, ...(isSeparate && value !== undefined ? [value] : []));
    }
    if (isSeparate) at += 1;
  }
  return kept;
}
