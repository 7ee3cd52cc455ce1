import { type Known, Unknown } from "../../network/reachability/known.ts";

/** Where a job's image comes from. */
export type Image =
  | {
      /** A private registry of Amazon ECR. */
      readonly type: "ecr";
      readonly accountId: Known<string>;
      /** Undefined: the compute environment's own. */
      readonly region: Known<string> | undefined;
      readonly repository: Known<string>;
      /** The registry that a pull-through cache rule takes it from when it does not have it yet. */
      readonly upstream?: Known<string>;
    }
  | {
      readonly type: "host";
      readonly host: string;
      readonly port: number;
    }
  /** Of Amazon ECR in the compute environment's Region, or of a registry on the internet: which of them is not known. */
  | { readonly type: "any"; readonly reason: string };

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com`, `….dkr-ecr.….on.aws` and their FIPS forms. */
const ecrHost =
  /^(?<accountId>[^.]+)\.dkr[.-]ecr(-fips)?\.(?<region>[^.]+)\.(amazonaws\.(com(\.cn)?|eu)|on\.(aws|amazonwebservices\.com\.cn)|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;

/**
 * The registry of an image as Docker reads its name (distribution/reference, `splitDockerDomain`): the part before the first
 * slash is a host if it has a dot or a colon, or is `localhost`; else the image is on Docker Hub.
 */
export function imageOf(name: string): Exclude<Image, { readonly type: "any" }> {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  if (!isHost) return { type: "host", host: dockerHub, port: 443 };
  const own = ecrHost.exec(first)?.groups;
  if (own) {
    const repository = name
      .slice(slash + 1)
      .replace(/@.*$/, "")
      .replace(/:[^/]*$/, "");
    return { type: "ecr", accountId: own.accountId as string, region: own.region, repository };
  }
  const [host = first, port] = first.split(":");
  if (host === "docker.io" || host === "index.docker.io") return { type: "host", host: dockerHub, port: 443 };
  return { type: "host", host, port: port === undefined ? 443 : Number(port) };
}

export const dockerHub = "registry-1.docker.io";

const publicRegistries =
  /(^|\.)(docker\.io|public\.ecr\.aws|ghcr\.io|quay\.io|gcr\.io|pkg\.dev|registry\.gitlab\.com|mcr\.microsoft\.com|nvcr\.io|registry\.k8s\.io|docker\.elastic\.co|cgr\.dev|lscr\.io|registry\.access\.redhat\.com|registry\.redhat\.io|container-registry\.oracle\.com|azurecr\.io|jfrog\.io|icr\.io|ocir\.io|cloudsmith\.io|seqera\.io|registry\.digitalocean\.com|docker\.pkg\.github\.com|registry\.hub\.docker\.com)$/;

/** Whether a registry is known to have public addresses: that of a company may have private ones. */
export function isOnTheInternet(host: string): Known<true> {
  if (publicRegistries.test(host)) return true;
  return new Unknown(`whether ${host} has public addresses: it is none of the well-known registries`);
}
