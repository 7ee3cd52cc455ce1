/** Where resources go whose program doesn't say, in the order in which the AWS provider looks. */
export function regionOf(
  config: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
): { readonly region: string; readonly isAssumed: boolean } {
  const region = config["aws:region"] || env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return region ? { region, isAssumed: false } : { region: "us-east-1", isAssumed: true };
}
