import type { Properties } from "../../pulumi/resource.ts";

type Statement = Readonly<Record<string, unknown>> & { readonly Sid?: string };

interface Document {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/**
 * `aws.iam.getPolicyDocument`: the provider computes it without a call
 * (hashicorp/terraform-provider-aws, internal/service/iam/policy_document_data_source.go).
 */
export function policyDocument(parameters: Properties): Properties {
  const sources = [parameters.sourceJson, ...listOf(parameters.sourcePolicyDocuments)];
  const overrides = [parameters.overrideJson, ...listOf(parameters.overridePolicyDocuments)];
  const own: Document = {
    Version: typeof parameters.version === "string" ? parameters.version : "2012-10-17",
    ...(typeof parameters.policyId === "string" ? { Id: parameters.policyId } : {}),
    Statement: listOf(parameters.statements).map((said) => statement(said as Properties)),
  };
  const { Version, Id, Statement } = [...documents(sources), own, ...documents(overrides)].reduce(merged);
  const document = { Version, Id, Statement };
  const minifiedJson = JSON.stringify(document);
  return { ...parameters, id: "policy-document", json: JSON.stringify(document, null, 2), minifiedJson };
}

function documents(texts: readonly unknown[]): Document[] {
  return texts
    .filter((text): text is string => typeof text === "string" && text !== "")
    .map((text) => {
      const { Statement, ...rest } = JSON.parse(text) as { Statement?: Statement | Statement[] };
      return { ...rest, Statement: Statement === undefined ? [] : [Statement].flat() };
    });
}

/** A statement replaces the one that has its Sid. */
function merged(before: Document, after: Document): Document {
  const statements = [...before.Statement];
  for (const each of after.Statement) {
    const at = each.Sid ? statements.findIndex(({ Sid }) => Sid === each.Sid) : -1;
    if (at === -1) statements.push(each);
    else statements[at] = each;
  }
  return { ...before, ...after, Statement: statements };
}

function statement(said: Properties): Statement {
  return withoutUndefined({
    Sid: said.sid || undefined,
    Effect: said.effect ?? "Allow",
    Action: oneOrMore(said.actions),
    NotAction: oneOrMore(said.notActions),
    Resource: oneOrMore(said.resources),
    NotResource: oneOrMore(said.notResources),
    Principal: principals(said.principals),
    NotPrincipal: principals(said.notPrincipals),
    Condition: conditions(said.conditions),
  });
}

function principals(said: unknown): unknown {
  const list = listOf(said) as { type: string; identifiers: string[] }[];
  if (list.length === 0) return undefined;
  const byType: Record<string, string[]> = {};
  for (const { type, identifiers } of list) {
    if (type === "*" && identifiers.includes("*")) return "*";
    byType[type] = [...(byType[type] ?? []), ...identifiers];
  }
  return Object.fromEntries(Object.entries(byType).map(([type, identifiers]) => [type, oneOrMore(identifiers)]));
}

function conditions(said: unknown): unknown {
  const list = listOf(said) as { test: string; variable: string; values: string[] }[];
  if (list.length === 0) return undefined;
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of list) {
    const variables = byTest[test] ?? {};
    byTest[test] = variables;
    variables[variable] = oneOrMore([...listOf(variables[variable] ?? []), ...values], false);
  }
  return byTest;
}

/** One stands alone; more are a list, which the provider sorts backwards. `&{` escapes a policy variable's `${`. */
function oneOrMore(said: unknown, isSorted = true): unknown {
  const list = listOf(said).map((value) => String(value).replaceAll("&{", "${"));
  if (list.length <= 1) return list[0];
  return isSorted ? list.sort().reverse() : list;
}

function listOf(said: unknown): readonly unknown[] {
  if (said === undefined || said === null) return [];
  return Array.isArray(said) ? said : [said];
}

function withoutUndefined(said: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
