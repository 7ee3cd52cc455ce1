/** Of the worker's own settings; others of `.env.aws` are for whoever submits (JOB_QUEUE), or for clients of AWS. */
const own = /^WORKER_/;
const secret = /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|_KEY$|_URL$/;

/** Those of the worker that stay behind, since they look like secrets. */
export const secretSettings = (file: Readonly<Record<string, string>>): string[] =>
  Object.keys(file).filter((name) => own.test(name) && secret.test(name));

/**
 * What `.env.aws` of the working tree tells jobs: their image has it as it was when it was built, and a bundle has none.
 * @param file what it sets
 * @param definition what the job definition sets, which wins over the file there as here
 */
export function jobSettings(
  file: Readonly<Record<string, string>>,
  definition: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(file).filter(([name]) => own.test(name) && !secret.test(name) && !Object.hasOwn(definition, name)),
  );
}
