import { addressText, type Scalar } from "../../reachability/address.ts";
import { isKnown, type Known } from "../../reachability/known.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";
import type { Entry } from "./responses.ts";

/** What DescribeAddresses tells of the public addresses of interfaces. */
export class ElasticAddresses {
  readonly #given = new Map<string, { address: Scalar; entry: Entry }>();
  /** Those that are given to nothing. */
  readonly idle = new Set<Scalar>();

  constructor(reading: Reading) {
    for (const entry of reading.entries("Addresses") ?? []) {
      // A carrier's address, of a Wavelength Zone, is none of the internet.
      if (entry.value.CarrierIp !== undefined && entry.value.PublicIp === undefined) continue;
      const id = reading.idOf(entry, "Addresses", "PublicIp");
      if (id === undefined) continue;
      const fields = reading.fields(entry, id);
      const interfaceId = fields.optionalText("NetworkInterfaceId");
      const privateAddress = fields.optionalAddress("PrivateIpAddress", 4);
      const address = fields.address("PublicIp", 4);
      const isIdle = ["AssociationId", "NetworkInterfaceId", "InstanceId"].every((key) => !fields.optionalText(key));
      if (isIdle) this.idle.add(address);
      // One that is associated with nothing has neither; one of EC2-Classic only an instance.
      if (interfaceId === undefined || privateAddress === undefined) continue;
      const key = `${interfaceId} ${privateAddress}`;
      const known = this.#given.get(key);
      if (known && known.address !== address)
        fields.fault("NetworkInterfaceId", `is ${interfaceId}, which has ${addressText(known.address)} there too`);
      this.#given.set(key, { address, entry });
    }
  }

  /** The public address of an interface's private one: as the interface itself shows it, else as Addresses have it. */
  publicAddressOf(
    interfaceId: string,
    privateAddress: Scalar,
    shown: Known<Scalar | undefined>,
    fields: Fields,
  ): Known<Scalar | undefined> {
    const given = this.#given.get(`${interfaceId} ${privateAddress}`);
    if (!given) return shown;
    if (isKnown(shown) && shown !== undefined && given.address !== shown) {
      const [own, other] = [addressText(shown), addressText(given.address)];
      fields.fault("Association.PublicIp", `is ${own}, and ${other} in Addresses of ${given.entry.file}`);
    }
    return given.address;
  }
}
