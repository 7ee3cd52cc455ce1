import { rm } from "node:fs/promises";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { Repository } from "../../batch/repository.ts";
import { record } from "../recorded-program.ts";
import { smallTree } from "./bundle/project.ts";

test.serial("what the image holds is told; where it can't be, why is warned of", async (t) => {
  const context = await smallTree(t, {}, { git: false });
  const warnings: string[] = [];
  const { warn } = pulumi.log;
  pulumi.log.warn = async (text) => void warnings.push(text);
  t.teardown(() => {
    pulumi.log.warn = warn;
  });
  const fingerprint = async () => {
    let told: pulumi.Output<string> | undefined;
    await record(() => {
      told = new Repository("worker", { context, forceDelete: true }).imageFingerprint;
    });
    return await new Promise((resolve) => told!.apply(resolve));
  };
  t.regex(String(await fingerprint()), /^packages:/);
  t.deepEqual(warnings, []);
  await rm(path.join(context, "package-lock.json"));
  t.is(await fingerprint(), "");
  t.regex(warnings.join(), /^What the image holds can't be told, so node batch submit .*: ENOENT.*package-lock\.json/);
});
