import type { Explanation } from "./explanation.ts";
import type { Analysis } from "./index.ts";
import type { Hop } from "./path.ts";

/** A verdict for a person: what is asked, what blocks it with the fix below, the way that is taken. */
export function renderText(
  {
    source,
    destination,
    protocol,
    port,
  }: { source: string; destination: string; protocol: string; port?: number | undefined },
  { verdict, explanations, forwardPath, returnPath }: Analysis,
): string {
  const asked = `${source} -> ${destination} ${protocol}${port === undefined ? "" : `/${port}`}`;
  const lines = [`${verdict.padEnd(13)} ${asked}`];
  for (const explanation of explanations) lines.push(...explained(explanation));
  lines.push(`    there  ${pathText(forwardPath)}`);
  if (returnPath.length > 0) lines.push(`    back   ${pathText(returnPath)}`);
  return `${lines.join("\n")}\n`;
}

function explained({ code, message, fix }: Explanation): string[] {
  return [`    ${code}: ${message}`, ...(fix === undefined ? [] : [`      fix: ${fix}`])];
}

function pathText(hops: readonly Hop[]): string {
  return hops
    .map(({ component, decision }) => `${component.id}${decision === undefined ? "" : ` (${decision})`}`)
    .join(" > ");
}
