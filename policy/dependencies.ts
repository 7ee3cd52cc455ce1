import analyzer, { type AnalyzerResource } from "@pulumi/pulumi/proto/analyzer_pb.js";

/** URNs that a resource depends on, as the engine says it. */
export interface Dependencies {
  readonly all: readonly string[];
  readonly byProperty: Readonly<Record<string, readonly string[]>>;
}

/**
 * The engine tells policy packs of no resource that is only looked up (`aws.ec2.Vpc.get`), and the SDK then drops it from
 * what others depend on: a list of subnets would look complete without it. So the engine's request is read before that.
 * @returns the dependencies of the request that the SDK has read last, by URN
 */
export function watchDependencies(): () => ReadonlyMap<string, Dependencies> {
  let latest: ReadonlyMap<string, Dependencies> = new Map();
  const { prototype } = analyzer.AnalyzeStackRequest;
  const { getResourcesList } = prototype;
  prototype.getResourcesList = function () {
    const resources = getResourcesList.call(this);
    latest = new Map(resources.map((resource) => [resource.getUrn(), dependenciesOf(resource)]));
    return resources;
  };
  return () => latest;
}

function dependenciesOf(resource: AnalyzerResource): Dependencies {
  const properties = resource.getPropertydependenciesMap().getEntryList() as [string, unknown][];
  return {
    all: resource.getDependenciesList(),
    byProperty: Object.fromEntries(
      properties.map(([key]) => [key, resource.getPropertydependenciesMap().get(key)?.getUrnsList() ?? []]),
    ),
  };
}
