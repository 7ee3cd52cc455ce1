import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ava, { type ExecutionContext } from "ava";
import { Pulumi, pulumiFolder } from "./stand-in/pulumi.ts";

export interface Engine {
  readonly pulumi: Pulumi;
  /** For programs and other files of the tests; gone when they are over. */
  readonly folder: string;
}

/** Declares a test that needs the engine, in a row with the others of its file; skipped, with a word, where there is none. */
export type EngineTest = (title: string, body: (t: ExecutionContext, engine: Engine) => Promise<void>) => void;

/** The real engine for the tests of a file. */
export async function engineTests(): Promise<EngineTest> {
  const cli = await pulumiFolder();
  if (cli === undefined) {
    const why = "skipped: the Pulumi CLI is neither here nor to be downloaded";
    return (title) => ava.serial.skip(`${title} (${why})`, () => undefined);
  }
  const folder = mkdtempSync(path.join(tmpdir(), "batch-preflight-"));
  const pulumi = await Pulumi.start(cli, folder);
  ava.after.always(() => {
    pulumi.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return (title, body) => ava.serial(title, (t) => body(t, { pulumi, folder }));
}
