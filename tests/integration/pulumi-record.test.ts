import { recordProgram } from "../../network/adapters/pulumi-program.ts";
import { engineTests } from "./engine.ts";
import { projectProgramCopy } from "./program-copy.ts";

/** What a run in process records is what the real engine sees. */

const test = await engineTests();

interface Step {
  readonly newState: {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly dependencies?: readonly string[] | null;
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null;
  };
}

test("resources, parents and dependencies of the example stack are those of a first preview", async (t, engine) => {
  const directory = projectProgramCopy(engine.folder);
  t.is((await engine.pulumi.run(directory, "stack", "init", "dev")).code, 0);
  const { code, text } = await engine.pulumi.run(directory, "preview", "--json");
  t.is(code, 0, text);
  const { steps }: { steps: readonly Step[] } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  // The engine makes default providers by itself.
  const seen = steps.filter(({ newState }) => !newState.type.startsWith("pulumi:providers:"));
  const { resources } = await recordProgram({ directory, stack: "dev", ids: "unknown" });
  t.deepEqual(byUrn(resources), byUrn(seen.map(({ newState }) => newState)));
});

/** What a remote component makes, and what it says its outputs depend on, only its plugin knows. */
const isLocal = (urn: string): boolean => !urn.includes("awsx:");

function byUrn(resources: readonly Step["newState"][]): unknown {
  const entries = resources
    .filter(({ urn }) => isLocal(urn))
    .map(({ urn, parent, dependencies, propertyDependencies }) => [
      urn,
      {
        parent: parent ?? "",
        dependencies: (dependencies ?? []).filter(isLocal).sort(),
        propertyDependencies: Object.fromEntries(
          Object.entries(propertyDependencies ?? {})
            .map(([key, urns]) => [key, (urns ?? []).filter(isLocal).sort()] as const)
            .filter(([, urns]) => urns.length > 0)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      },
    ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
