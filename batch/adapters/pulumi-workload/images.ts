import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { isKnown, type Known } from "../../../network/reachability/known.ts";
import { type Image, imageOf } from "../../required-flows/image.ts";
import type { Locations } from "./locations.ts";

const repositoryTypes: ReadonlySet<string> = new Set(["aws:ecr/repository:Repository", "awsx:ecr:Repository"]);

const imageTypes: ReadonlySet<string> = new Set([
  "awsx:ecr:Image",
  "awsx:ecr:RegistryImage",
  "docker:index/image:Image",
  "docker:index/registryImage:RegistryImage",
  "docker:index/remoteImage:RemoteImage",
  "docker-build:index:Image",
  "docker-build:index:Index",
]);

const cacheRule = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";

/** The images of a program: what repositories they lie in, or by which name they are asked for. */
export class Images {
  readonly #program: Program;
  readonly #locations: Locations;
  /** The compute environment's Region, beside which an image's counts. */
  readonly #region: Known<string>;

  constructor(program: Program, locations: Locations, region: Known<string>) {
    this.#program = program;
    this.#locations = locations;
    this.#region = region;
  }

  /** By its name. */
  named(name: string): Image {
    const [repository] = this.#program
      .ofType("aws:ecr/repository:Repository")
      .filter(
        ({ outputs }) => typeof outputs.repositoryUrl === "string" && startsWithName(name, outputs.repositoryUrl),
      );
    const image = repository ? this.#inRepository(repository) : imageOf(name);
    return this.#throughCache(image);
  }

  /** One of those that a resource which a preview hides the name of comes from; undefined for a resource that is no image. */
  from(resource: ProgramResource): Image | undefined {
    const { type } = resource;
    if (repositoryTypes.has(type)) return this.#inRepository(resource);
    if (type === cacheRule) {
      const image = this.#inRepository(resource);
      return image.type === "ecr"
        ? { ...image, upstream: new Inputs(this.#program, resource).text("upstreamRegistryUrl") as Known<string> }
        : image;
    }
    if (!imageTypes.has(type)) return undefined;
    // To the engine a component of awsx has no inputs, and so none that depend on something.
    const urns = [
      ...Object.values(resource.propertyDependencies).flat(),
      ...(type.startsWith("awsx:") ? resource.dependencies : []),
    ];
    for (const urn of urns) {
      const repository = this.#program.get(urn);
      if (repository && repositoryTypes.has(repository.type)) return this.#inRepository(repository);
    }
    const { inputs, outputs } = resource;
    const names = [
      outputs.imageUri,
      outputs.ref,
      inputs.imageName,
      inputs.name,
      inputs.repositoryUrl,
      inputs.tags,
    ].flat();
    const name = names.find((one): one is string => typeof one === "string" && one !== "" && !isUnknownValue(one));
    return name === undefined
      ? { type: "any", reason: `the name of ${resource.urn} is known only after \`pulumi up\`` }
      : this.named(name);
  }

  #inRepository(resource: ProgramResource): Image {
    const inputs = new Inputs(this.#program, resource);
    const url = [resource.outputs.repositoryUrl, resource.outputs.url].find(
      (one): one is string => typeof one === "string" && !isUnknownValue(one),
    );
    const told = url === undefined ? undefined : imageOf(url);
    const location = {
      region: this.#locations.regionBeside(resource, this.#region),
      accountId: this.#locations.accountOf(resource),
    };
    if (told?.type === "ecr") return { ...told, region: location.region };
    const repository = (inputs.text("name") ?? inputs.output("name")) as Known<string>;
    return { type: "ecr", ...location, repository };
  }

  #throughCache(image: Image): Image {
    if (image.type !== "ecr") return image;
    const { repository } = image;
    const region = image.region === this.#region ? undefined : image.region;
    const own = { ...image, region };
    if (!isKnown(repository)) return own;
    for (const resource of this.#program.ofType(cacheRule)) {
      const rule = new Inputs(this.#program, resource);
      const prefix = rule.text("ecrRepositoryPrefix");
      if (!isKnown(prefix) || prefix === undefined) continue;
      const covers = prefix === "ROOT" || repository.startsWith(`${prefix}/`);
      if (covers) return { ...own, upstream: rule.text("upstreamRegistryUrl") as Known<string> };
    }
    return own;
  }
}

/** `url`, `url:tag`, `url@digest`. */
const startsWithName = (name: string, url: string) =>
  name.startsWith(url) && ["", ":", "@"].includes(name.charAt(url.length));
