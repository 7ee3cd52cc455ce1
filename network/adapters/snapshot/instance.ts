import type { Reading } from "./reading.ts";

/** The states of instances that DescribeInstances tells, by id. */
export function instanceStates(reading: Reading): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const entry of reading.entries("Reservations") ?? []) {
    const id = typeof entry.value.ReservationId === "string" ? entry.value.ReservationId : "a reservation";
    for (const instance of reading.fields(entry, id).list("Instances")) {
      const state = instance.object("State")?.optionalText("Name");
      if (state !== undefined) states.set(instance.text("InstanceId"), state);
    }
  }
  return states;
}
