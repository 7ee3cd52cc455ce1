import { csvSource } from "../data/sources/csv.ts";
import { packageFile } from "../data/sources/file.ts";
import { BadRecord } from "../data/sources/source.ts";
import { load } from "./execution/definition.ts";

const columns = ["iata", "name", "city", "state", "country", "latitude", "longitude"] as const;

/** An airport as the source has it. */
export type Airport = Record<(typeof columns)[number], string>;

/** Airports of the US by IATA code (US government work, in vega-datasets). */
export const airportsCsv = csvSource(packageFile("vega-datasets", "../data/airports.csv"), columns);

export default load({
  source: airportsCsv,
  rowNumber: "sourceRow",
  write: "upsert",
  commitInterval: 1000,
  transform: toAirport,
});

export function toAirport(item: Airport, row: number) {
  const latitude = degrees(item.latitude, 90);
  const longitude = degrees(item.longitude, 180);
  if (!/^[A-Z0-9]{3,4}$/.test(item.iata))
    return new BadRecord(`iata is "${item.iata}"; 3 or 4 letters or digits`, item);
  if (item.state === "" || item.state === "NA") return new BadRecord("has no state", item);
  if (!/^[A-Z]{2}$/.test(item.state)) return new BadRecord(`state is "${item.state}"; two letters`, item);
  if (latitude === undefined) return new BadRecord(`latitude is "${item.latitude}"; -90 to 90 degrees`, item);
  if (longitude === undefined) return new BadRecord(`longitude is "${item.longitude}"; -180 to 180 degrees`, item);
  const { iata, name, city, state, country } = item;
  return { iata, name, city, state, country, latitude, longitude, sourceRow: row };
}

/** All airports that the source has, those that end in quarantine among them: reference data of other sub-processes. */
export async function readAirports(): Promise<Airport[]> {
  const airports: Airport[] = [];
  const source = await airportsCsv.open();
  for await (const { items } of source.read(0, source.rows)) {
    for (const item of items) if (!(item instanceof BadRecord)) airports.push(item);
  }
  return airports;
}

function degrees(text: string, bound: number): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && Math.abs(value) <= bound ? value : undefined;
}
