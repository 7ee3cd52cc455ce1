import test from "ava";
import { BadRecord } from "../../../worker/data/sources/source.ts";
import flights, {
  delayClass,
  greatCircleKm,
  rememberedDistances,
  toFlight,
} from "../../../worker/processes/flights.ts";

const boston = { latitude: 42.3643475, longitude: -71.00517917 };
const sanFrancisco = { latitude: 37.61900194, longitude: -122.3748433 };

test("great-circle distances agree with published ones", (t) => {
  // BOS to SFO: 2,704 statute miles in the Bureau of Transportation Statistics' tables, on an ellipsoid.
  t.true(Math.abs(greatCircleKm(boston, sanFrancisco) / 1.609344 / 2704 - 1) < 0.005);
  t.is(greatCircleKm(boston, boston), 0);
  // A quarter of the way around the sphere.
  t.is(greatCircleKm({ latitude: 0, longitude: 0 }, { latitude: 90, longitude: 0 }), 10007.557);
  t.is(greatCircleKm({ latitude: 0, longitude: 179 }, { latitude: 0, longitude: -179 }), 222.39);
});

test("a flight is described by its own row", (t) => {
  const distances = rememberedDistances(
    new Map([
      ["BOS", boston],
      ["SFO", sanFrancisco],
    ]),
  );
  const item = { date: new Date("2001-01-13T14:56:00Z"), delay: 15, distance: 2704, origin: "BOS", destination: "SFO" };
  const greatCircle = greatCircleKm(boston, sanFrancisco);
  t.deepEqual(toFlight(item, 42, distances), {
    id: 42,
    departedAt: item.date,
    departureHour: 14,
    origin: "BOS",
    destination: "SFO",
    delay: 15,
    delayClass: "late",
    distance: 2704,
    greatCircleKm: greatCircle,
    detourKm: 2704 * 1.609344 - greatCircle,
  });
});

test("a route with an unknown airport goes to quarantine, each time", (t) => {
  const distances = rememberedDistances(new Map([["BOS", boston]]));
  const item = { date: new Date(0), delay: 0, distance: 1, origin: "BOS", destination: "XXX" };
  for (const row of [1, 2]) {
    const result = toFlight(item, row, distances) as BadRecord;
    t.is(result.reason, "route BOS-XXX has an airport that airports.csv does not know");
  }
});

test("a route is looked up once, also one with an unknown airport", (t) => {
  class Counting extends Map<string, typeof boston> {
    lookups = 0;
    override get(iata: string) {
      this.lookups++;
      return super.get(iata);
    }
  }
  const airports = new Counting([["BOS", boston]]);
  const distances = rememberedDistances(airports);
  for (let flight = 0; flight < 3; flight++) {
    t.is(distances("BOS", "XXX"), undefined);
    t.is(distances("BOS", "BOS"), 0);
  }
  t.is(airports.lookups, 4);
});

const classes: readonly (readonly [minutes: number, expected: string])[] = [
  [-1, "early"],
  [0, "on time"],
  [14, "on time"],
  [15, "late"],
  [59, "late"],
  [60, "very late"],
];

for (const [minutes, expected] of classes) {
  test(`${minutes} minutes are ${expected}`, (t) => t.is(delayClass(minutes), expected as "late"));
}

test("every airport of the source's first flights is known", async (t) => {
  const [source, distances] = await Promise.all([flights.source.open(), flights.reference()]);
  for await (const { items, first } of source.read(0, 20_000)) {
    items.forEach((item, index) => {
      const result = item instanceof BadRecord ? item : toFlight(item, first + index, distances);
      if (result instanceof BadRecord) t.fail(result.reason);
    });
  }
  t.pass();
});
