import test from "ava";
import { BadRecord } from "../../../worker/data/sources/source.ts";
import birdStrikes, { airportMatcher, toBirdStrike } from "../../../worker/processes/bird_strikes.ts";

const strike = {
  "Airport Name": "LOGAN INTL",
  "Origin State": "Massachusetts",
  "Flight Date": "1999-02-28",
  "Aircraft Airline Operator": "DELTA AIR LINES",
  "Aircraft Make Model": "MD-80",
  "Effect Amount of damage": "None",
  "Phase of flight": "Climb",
  "Wildlife Size": "Small",
  "Wildlife Species": "Gull",
  "Time of day": "Day",
  "Cost Other": "10",
  "Cost Repair": "20",
  "Cost Total $": "30",
  "Speed IAS in knots": "",
};

test("a strike gets types, and its airport's code", (t) => {
  t.deepEqual(
    toBirdStrike(strike, 3, () => "BOS"),
    {
      id: 3,
      airport: "BOS",
      airportName: "LOGAN INTL",
      state: "Massachusetts",
      strikeDate: "1999-02-28",
      operator: "DELTA AIR LINES",
      aircraft: "MD-80",
      damage: "None",
      phase: "Climb",
      wildlifeSize: "Small",
      wildlifeSpecies: "Gull",
      timeOfDay: "Day",
      costOther: 10,
      costRepair: 20,
      costTotal: 30,
      speed: null,
    },
  );
});

const bad: readonly (readonly [change: Partial<typeof strike>, reason: string])[] = [
  [{ "Effect Amount of damage": "C" }, 'damage is "C"; one of None, Minor, Medium, Substantial'],
  [{ "Flight Date": "1999-02-30" }, 'flight date is "1999-02-30"; a date as YYYY-MM-DD'],
  [{ "Cost Repair": "lots" }, "a cost is not a whole number of dollars"],
  [{ "Cost Total $": "31" }, "costs 10 and 20 don't add up to 31"],
  [{ "Speed IAS in knots": "fast" }, 'speed is "fast"; whole knots'],
];

for (const [change, reason] of bad) {
  test(`a strike with ${JSON.stringify(change)} goes to quarantine`, (t) => {
    const item = { ...strike, ...change };
    t.deepEqual(
      toBirdStrike(item, 0, () => null),
      new BadRecord(reason, item),
    );
  });
}

const airports: readonly (readonly [name: string, state: string, iata: string | null])[] = [
  ["LOGAN INTL", "Massachusetts", "BOS"],
  ["DALLAS/FORT WORTH INTL ARPT", "Texas", "DFW"],
  ["CHICAGO O'HARE INTL ARPT", "Illinois", "ORD"],
  ["CHICAGO MIDWAY INTL ARPT", "Illinois", "MDW"],
  ["PORTLAND INTL (OR)", "Oregon", "PDX"],
  ["WASHINGTON DULLES INTL ARPT", "DC", "IAD"],
  ["RONALD REAGAN WASHINGTON NATL", "DC", "DCA"],
  ["GREATER PITTSBURGH", "Pennsylvania", "PIT"],
  ["METRO OAKLAND INTL", "California", "OAK"],
  ["BALTIMORE WASH INTL", "Maryland", "BWI"],
  ["CINCINNATI/NORTHERN KENTUCKY INTL ARPT", "Kentucky", "CVG"],
  ["LAGUARDIA NY", "New York", "LGA"],
  ["HOUSTON-HOBBY", "Texas", "HOU"],
  ["BARKSDALE AIR FORCE BASE ARPT", "Louisiana", null],
  ["LOGAN INTL", "Atlantis", null],
];

for (const [name, state, iata] of airports) {
  test(`${name}, ${state} is ${iata ?? "no airport that is known"}`, async (t) => {
    const match = await birdStrikes.reference();
    t.is(match(name, state), iata);
  });
}

test("a name is matched once, also one that fits no airport", (t) => {
  let matched = 0;
  const name = {
    toString: () => "NOWHERE",
    replace() {
      matched++;
      return "nowhere";
    },
  } as unknown as string;
  const match = airportMatcher([{ iata: "BOS", name: "Logan", city: "Boston", state: "MA" }]);
  t.is(match(name, "Massachusetts"), null);
  t.is(match(name, "Massachusetts"), null);
  t.is(matched, 1);
});
