import { csvSource } from "../data/sources/csv.ts";
import { packageFile } from "../data/sources/file.ts";
import { BadRecord } from "../data/sources/source.ts";
import { type Airport, airportsCsv, readAirports } from "./airports.ts";
import { load } from "./execution/definition.ts";

const columns = [
  "Airport Name",
  "Origin State",
  "Flight Date",
  "Aircraft Airline Operator",
  "Aircraft Make Model",
  "Effect Amount of damage",
  "Phase of flight",
  "Wildlife Size",
  "Wildlife Species",
  "Time of day",
  "Cost Other",
  "Cost Repair",
  "Cost Total $",
  "Speed IAS in knots",
] as const;

type Item = Record<(typeof columns)[number], string>;

/** The IATA code that is meant by an airport's name in a state (by its name, `Texas`); null where none fits. */
type AirportMatcher = (name: string, state: string) => string | null;

export default load({
  source: csvSource(packageFile("vega-datasets", "../data/birdstrikes.csv"), columns),
  rowNumber: "id",
  commitInterval: 2000,
  reference: async () => airportMatcher(await readAirports()),
  referenceSources: [airportsCsv],
  transform: toBirdStrike,
});

const damages = ["None", "Minor", "Medium", "Substantial"];

export function toBirdStrike(item: Item, row: number, matchAirport: AirportMatcher) {
  const damage = item["Effect Amount of damage"];
  if (!damages.includes(damage)) return new BadRecord(`damage is "${damage}"; one of ${damages.join(", ")}`, item);
  const strikeDate = item["Flight Date"];
  if (!isDate(strikeDate)) return new BadRecord(`flight date is "${strikeDate}"; a date as YYYY-MM-DD`, item);
  const [costOther, costRepair, costTotal, speed] = [
    wholeNumber(item["Cost Other"]),
    wholeNumber(item["Cost Repair"]),
    wholeNumber(item["Cost Total $"]),
    wholeNumber(item["Speed IAS in knots"]),
  ];
  if (costOther === undefined || costRepair === undefined || costTotal === undefined) {
    return new BadRecord("a cost is not a whole number of dollars", item);
  }
  if (speed === undefined) return new BadRecord(`speed is "${item["Speed IAS in knots"]}"; whole knots`, item);
  if ((costOther ?? 0) + (costRepair ?? 0) !== (costTotal ?? 0)) {
    return new BadRecord(`costs ${costOther} and ${costRepair} don't add up to ${costTotal}`, item);
  }
  return {
    id: row,
    airport: matchAirport(item["Airport Name"], item["Origin State"]),
    airportName: item["Airport Name"],
    state: item["Origin State"],
    strikeDate,
    operator: item["Aircraft Airline Operator"],
    aircraft: item["Aircraft Make Model"],
    damage,
    phase: item["Phase of flight"],
    wildlifeSize: item["Wildlife Size"],
    wildlifeSpecies: item["Wildlife Species"],
    timeOfDay: item["Time of day"],
    costOther,
    costRepair,
    costTotal,
    speed,
  };
}

/** Null for an empty field, undefined for what is not a number. */
function wholeNumber(text: string): number | null | undefined {
  if (text === "") return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function isDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}

/** Words that say nothing about which airport is meant, and spellings of one word. */
const fillers = new Set(
  "airport arpt airfield airpark field intl international regional municipal metro metropolitan the of".split(" "),
);
const spellings: Record<string, string> = { natl: "national", wash: "washington", saint: "st" };

/**
 * Matches by words: those of the strike's airport name that say which one is meant must occur in the name or city of
 * an airport in that state; of several the one with the fewest other words, an international one first.
 */
export function airportMatcher(airports: readonly Pick<Airport, "iata" | "name" | "city" | "state">[]): AirportMatcher {
  const candidates = airports.map(({ iata, name, city, state }) => ({
    iata,
    state,
    international: /\bint/i.test(name),
    name: words(name),
    all: new Set([...words(name), ...words(city), compact(name)]),
  }));
  const known = new Map<string, string | null>();
  const match: AirportMatcher = (name, state) => {
    const wanted = words(name.replace(/\([A-Z]{2}\)/, ""));
    const states = stateCodes[state] ?? [];
    let best: { iata: string; score: number } | undefined;
    for (const candidate of candidates) {
      if (!states.includes(candidate.state)) continue;
      const found = wanted.filter((word) => candidate.all.has(word)).length;
      if (found === 0 || found < wanted.length * 0.5) continue;
      const other = candidate.name.filter((word) => !wanted.includes(word)).length;
      const score = found * 4 - (wanted.length - found) * 2 - other + (candidate.international ? 3 : 0);
      if (!best || score > best.score) best = { iata: candidate.iata, score };
    }
    return best?.iata ?? null;
  };
  return (name, state) => {
    const key = `${name}\n${state}`;
    // Null, no airport, is an answer to remember too.
    if (!known.has(key)) known.set(key, match(name, state));
    return known.get(key) ?? null;
  };
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/air force base/g, "afb")
    .split(/[^a-z0-9']+/)
    .map((word) => spellings[word] ?? word)
    .filter((word) => word !== "" && !fillers.has(word));
}

const compact = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The capital's airports lie in Virginia. */
const stateCodes: Record<string, string[]> = { DC: ["DC", "VA"] };
for (const pair of (
  "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,Florida FL,Georgia GA," +
  "Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,Kentucky KY,Louisiana LA,Maine ME,Maryland MD," +
  "Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,Nebraska NE,Nevada NV," +
  "New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK," +
  "Oregon OR,Pennsylvania PA,Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT," +
  "Vermont VT,Virginia VA,Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY"
).split(",")) {
  stateCodes[pair.slice(0, -3)] = [pair.slice(-2)];
}
