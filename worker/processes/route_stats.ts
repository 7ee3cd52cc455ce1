import { derive } from "./execution/definition.ts";

/** Per route: flights, delays, punctuality and distance. Made whole out of `flights` and `airports`. */
export default derive({
  needs: ["airports", "flights"],
  inputs: ["flights", "airports"],
  derive: (tables, limit) => tables.rebuildRouteStats({ limit, onTimeBelowMinutes: 15 }),
});
