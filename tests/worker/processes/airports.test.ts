import test from "ava";
import { BadRecord } from "../../../worker/data/sources/source.ts";
import { airportsCsv, toAirport } from "../../../worker/processes/airports.ts";

const logan = {
  iata: "BOS",
  name: "Gen Edw L Logan Intl",
  city: "Boston",
  state: "MA",
  country: "USA",
  latitude: "42.3643475",
  longitude: "-71.00517917",
};

test("an airport keeps its place in the source", (t) => {
  t.deepEqual(toAirport(logan, 7), { ...logan, latitude: 42.3643475, longitude: -71.00517917, sourceRow: 7 });
});

const bad: readonly (readonly [change: Partial<typeof logan>, reason: string])[] = [
  [{ state: "NA" }, "has no state"],
  [{ state: "" }, "has no state"],
  [{ state: "Mass" }, 'state is "Mass"; two letters'],
  [{ iata: "" }, 'iata is ""; 3 or 4 letters or digits'],
  [{ latitude: "91" }, 'latitude is "91"; -90 to 90 degrees'],
  [{ latitude: "" }, 'latitude is ""; -90 to 90 degrees'],
  [{ longitude: "west" }, 'longitude is "west"; -180 to 180 degrees'],
];

for (const [change, reason] of bad) {
  test(`an airport with ${JSON.stringify(change)} goes to quarantine`, (t) => {
    const item = { ...logan, ...change };
    t.deepEqual(toAirport(item, 0), new BadRecord(reason, item));
  });
}

test("of the 3,376 airports 12 have no state, and nothing else is wrong", async (t) => {
  const source = await airportsCsv.open();
  const reasons: string[] = [];
  for await (const { items } of source.read(0, source.rows)) {
    for (const item of items) {
      const result = item instanceof BadRecord ? item : toAirport(item, 0);
      if (result instanceof BadRecord) reasons.push(result.reason);
    }
  }
  t.is(source.rows, 3376);
  t.deepEqual(reasons, Array(12).fill("has no state"));
});
