import type { Reading } from "./reading.ts";
import type { Entry } from "./responses.ts";

/** The states of instances that DescribeInstances tells, by id. */
export function instanceStates(reading: Reading): ReadonlyMap<string, string> {
  const told = new Map<string, { state: string; entry: Entry }>();
  for (const entry of reading.entries("Reservations") ?? []) {
    const reservation = typeof entry.value.ReservationId === "string" ? entry.value.ReservationId : "a reservation";
    for (const instance of reading.fields(entry, reservation).list("Instances")) {
      const id = instance.text("InstanceId");
      const state = instance.object("State")?.optionalText("Name");
      if (state === undefined) continue;
      const known = told.get(id);
      if (known && known.state !== state)
        reading.fault(entry, id, `it is ${state}, and ${known.state} as ${known.entry.file} tells`);
      told.set(id, { state, entry });
    }
  }
  return new Map([...told].map(([id, { state }]) => [id, state]));
}
