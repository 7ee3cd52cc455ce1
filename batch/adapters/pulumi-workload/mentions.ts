import type { Program } from "../../../network/adapters/pulumi/program.ts";
import type { ProgramResource } from "../../../network/adapters/pulumi/resource.ts";

/** Outputs by which a job's environment names a resource. */
const telling =
  /^(arn|id|url|name|bucket|identifier|clusterIdentifier|address|hostname|endpoint|readerEndpoint|configurationEndpoint(Address)?|(primary|reader)EndpointAddress|clusterAddress|dnsName|fqdn|bucket(Regional)?DomainName|bootstrapBrokers\w*|domainName)$/;

/** The resources of a program that a text of a job names: as a whole, as the host of a URL or of several `host:port`. */
export function mentionedIn(program: Program, text: string): readonly ProgramResource[] {
  const found = new Set<ProgramResource>();
  for (const token of tokensOf(text)) {
    for (const { resource, attribute } of program.ownersOf(token)) {
      if (resource && (attribute === undefined || telling.test(attribute))) found.add(resource);
    }
  }
  return [...found];
}

function tokensOf(text: string): ReadonlySet<string> {
  const tokens = new Set([text]);
  for (const part of text.split(/[\s,;"']+/)) {
    tokens.add(part);
    // `postgres://user:password@host:5432/name`, `jdbc:postgresql://host/name`, `s3://bucket/key`.
    const authority = /:\/\/([^/?#]+)/.exec(part)?.[1] ?? part;
    const host = authority.slice(authority.lastIndexOf("@") + 1);
    tokens.add(host);
    tokens.add(host.replace(/:\d+$/, ""));
  }
  tokens.delete("");
  return tokens;
}
