import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../../../worker/failure.ts";
import { ProgramError, type RecordedProgram, recordProgram } from "../../adapters/pulumi-program.ts";
import { type JudgedFlow, noSettings, type Proof, prove } from "../../preflight.ts";
import { isWaived, type PreflightSettings, SettingsError, settingsOf, waiversOn } from "../../preflight-settings.ts";
import type { Judged, ProgramFlags } from "../check.ts";
import { type Judgement, judgementOf } from "../formats/judgement.ts";
import type { CliContext } from "../main.ts";
import { judgeFile } from "./flows-file.ts";
import { readTopology } from "./snapshot.ts";

/** The project's own program. */
const ownProgram = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Judges what the jobs of a program need, or the flows of a file in its network.
 * @throws Failure `usage` for files that can't be read, a program that fails or has no AWS Batch
 */
export async function ofProgram(flags: ProgramFlags, { stderr, env }: CliContext): Promise<Judged> {
  const { program = ownProgram, stack, preview, snapshot, flows } = flags;
  const settings = flags.policyConfig === undefined ? noSettings : readSettings(flags.policyConfig);
  const waivers = waiversOn(new Date().toISOString().slice(0, 10), settings.waivers);
  const known = snapshot === undefined ? undefined : readTopology(snapshot);
  const recorded = await record({ directory: program, stack, ids: preview ? "unknown" : "known", env, output: stderr });
  const proof = prove(recorded.resources, {
    region: recorded.region,
    settings: { ...settings, waivers: waivers.inForce },
    snapshot: known,
  });
  const notes = [
    ...recorded.warnings.map((warning) => `warning: ${warning}`),
    ...proof.notes.map((note) => `note: ${note}`),
    ...waivers.notes.map((note) => `note: ${note}`),
    ...(known === undefined && asksForSnapshot(proof) ? [snapshotNote] : []),
  ];
  if (flows !== undefined) return { name: path.basename(flows), judgements: judgeFile(flows, proof.topology), notes };
  if (!proof.hasBatch) {
    throw new Failure(
      "usage",
      `The program in ${program} declares no AWS Batch compute environment: it has no jobs whose flows could be checked; name flows with --flows`,
    );
  }
  const { project, stack: name } = recorded;
  return { name: `${project}/${name}`, judgements: judgementsOf(proof, waivers.inForce), notes };
}

const snapshotNote =
  "note: What this program names and does not make, a snapshot tells: save the EC2 Describe* responses of the account as JSON files and add --snapshot DIR.";

/** Whether a flow is not known, and the program has what only the account knows. */
function asksForSnapshot({ flows, program }: Proof): boolean {
  if (!flows.some(({ analysis }) => analysis.verdict === "unknown")) return false;
  return (
    program.resources.some(({ isRead }) => isRead) || flows.some(({ source }) => program.get(source) === undefined)
  );
}

function* judgementsOf({ flows }: Proof, waivers: PreflightSettings["waivers"]): Iterable<Judgement> {
  for (const flow of flows) {
    const { analysis, shown, ...question } = flow;
    const waiver = waivers.find((one) => isWaived(one, flow));
    const asked = {
      ...question,
      ...(waiver ? { outOfScope: `waived until ${waiver.expires}: ${waiver.reason}` } : {}),
    };
    yield judgementOf(asked as never, analysis, {
      symptom: flow.symptom,
      shown: { question: { ...asked, ...endsOf(shown) } as never, analysis: shown.analysis },
    });
  }
}

const endsOf = ({ source, destination }: JudgedFlow["shown"]) => ({ source, destination });

async function record(options: Parameters<typeof recordProgram>[0]): Promise<RecordedProgram> {
  try {
    return await recordProgram(options);
  } catch (error) {
    if (error instanceof ProgramError) throw new Failure("usage", error.message);
    throw error;
  }
}

/** Of the pack, and what Pulumi takes for all of them. */
const policyNames = ["network-reachability", "network-reachability-notes", "all"];

/** The file has the config of each policy of the pack by its name. */
function readSettings(file: string): PreflightSettings {
  try {
    const all = JSON.parse(readFileSync(file, "utf8"));
    if (typeof all !== "object" || all === null || Array.isArray(all))
      throw new SettingsError(["all of it must be an object"]);
    const stray = Object.keys(all).filter((key) => Object.hasOwn(noSettings, key));
    if (stray.length > 0) throw new SettingsError(stray.map((key) => `${key} must be within "network-reachability"`));
    // A name that is misspelt would switch off what is asked for beneath it.
    const others = Object.keys(all).filter((key) => !policyNames.includes(key));
    if (others.length > 0) throw new SettingsError(others.map((key) => `${key} is none of ${policyNames.join(", ")}`));
    const own = all["network-reachability"] ?? {};
    // An enforcement level alone.
    if (typeof own === "string") return noSettings;
    const { enforcementLevel: _, ...settings } = own;
    return settingsOf(Array.isArray(own) ? own : settings);
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof SyntaxError || "code" in (error as object))) throw error;
    throw new Failure(
      "usage",
      `--policy-config ${file} can't be used: ${(error as Error).message.replaceAll(/\s+/g, " ")}`,
    );
  }
}
