import { packageFile } from "../data/sources/file.ts";
import { parquetSource } from "../data/sources/parquet.ts";
import { BadRecord } from "../data/sources/source.ts";
import { airportsCsv, readAirports } from "./airports.ts";
import { load } from "./execution/definition.ts";

/** A US flight of 2001 (Bureau of Transportation Statistics, in vega-datasets): local time, minutes, statute miles. */
interface Item {
  date: Date;
  delay: number;
  distance: number;
  origin: string;
  destination: string;
}

/** Kilometres between any two airports; undefined where one is unknown. */
type Distances = (origin: string, destination: string) => number | undefined;

export default load({
  source: parquetSource<Item>(packageFile("vega-datasets", "../data/flights-3m.parquet"), [
    "date",
    "delay",
    "distance",
    "origin",
    "destination",
  ]),
  rowNumber: "id",
  commitInterval: 50_000,
  // The source file, not the table: the distance of a flight must not depend on what else has run.
  reference: airportDistances,
  referenceSources: [airportsCsv],
  transform: toFlight,
});

const kilometresPerMile = 1.609344;

export function toFlight({ date, delay, distance, origin, destination }: Item, row: number, distances: Distances) {
  const greatCircleKm = distances(origin, destination);
  if (greatCircleKm === undefined) {
    return new BadRecord(`route ${origin}-${destination} has an airport that airports.csv does not know`, {
      date,
      delay,
      distance,
      origin,
      destination,
    });
  }
  return {
    id: row,
    departedAt: date,
    departureHour: date.getUTCHours(),
    origin,
    destination,
    delay,
    delayClass: delayClass(delay),
    distance,
    greatCircleKm,
    detourKm: distance * kilometresPerMile - greatCircleKm,
  };
}

/** The US Department of Transportation counts a flight as on time when it is less than 15 minutes late. */
export function delayClass(minutes: number): "early" | "on time" | "late" | "very late" {
  if (minutes < 0) return "early";
  if (minutes < 15) return "on time";
  return minutes < 60 ? "late" : "very late";
}

interface Coordinates {
  /** Degrees. */
  latitude: number;
  longitude: number;
}

async function airportDistances(): Promise<Distances> {
  const airports = await readAirports();
  return rememberedDistances(
    new Map(
      airports.map(({ iata, latitude, longitude }) => [
        iata,
        { latitude: Number(latitude), longitude: Number(longitude) },
      ]),
    ),
  );
}

/** 3 million flights use 3,399 routes: each distance is computed once. */
export function rememberedDistances(airports: ReadonlyMap<string, Coordinates>): Distances {
  const known = new Map<string, Map<string, number | undefined>>();
  const compute = (origin: string, destination: string) => {
    const [from, to] = [airports.get(origin), airports.get(destination)];
    const distance = from && to && greatCircleKm(from, to);
    const fromOrigin = known.get(origin) ?? new Map<string, number | undefined>();
    known.set(origin, fromOrigin.set(destination, distance));
    return distance;
  };
  return (origin, destination) => {
    const fromOrigin = known.get(origin);
    const distance = fromOrigin?.get(destination);
    // Undefined, an unknown airport, is an answer to remember too.
    return distance !== undefined || fromOrigin?.has(destination) ? distance : compute(origin, destination);
  };
}

/** Haversine on a sphere of the Earth's mean radius (IUGG), kilometres rounded to metres. */
export function greatCircleKm(from: Coordinates, to: Coordinates): number {
  const radians = Math.PI / 180;
  const halfHeight = Math.sin(((to.latitude - from.latitude) * radians) / 2);
  const halfWidth = Math.sin(((to.longitude - from.longitude) * radians) / 2);
  const chord = halfHeight ** 2 + Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians) * halfWidth ** 2;
  return Math.round(2 * 6371.0088 * Math.asin(Math.sqrt(chord)) * 1000) / 1000;
}
