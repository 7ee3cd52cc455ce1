import { QueryTypes, type Sequelize, type Transaction } from "sequelize";
import type { DerivedTables } from "./contracts.ts";

/**
 * Each table is made in a temporary one first and swapped in by DELETE and INSERT in the same transaction: readers see
 * the old rows until COMMIT and never wait, and the table keeps its grants, its indexes and the views on it.
 */
export function derivedTables(sequelize: Sequelize, transaction: Transaction): DerivedTables {
  return {
    async rebuildRouteStats({ limit, onTimeBelowMinutes }) {
      const flights = limit === null ? "flights" : `(SELECT * FROM flights ORDER BY id LIMIT ${limit}) AS flights`;
      await sequelize.query(
        `CREATE TEMPORARY TABLE next_route_stats ON COMMIT DROP AS
         SELECT origin, destination, count(*)::integer AS flights,
           avg(delay)::float8 AS mean_delay,
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY delay) AS percentiles,
           avg((delay < ${onTimeBelowMinutes})::integer)::float8 AS on_time_share,
           avg(distance)::float8 AS distance,
           min(great_circle_km) AS great_circle_km
         FROM ${flights} GROUP BY origin, destination`,
        { transaction },
      );
      await sequelize.query("DELETE FROM route_stats", { transaction });
      await sequelize.query(
        `INSERT INTO route_stats (origin, destination, origin_city, destination_city, flights, mean_delay, median_delay,
           p95_delay, on_time_share, distance, great_circle_km)
         SELECT next.origin, next.destination, here.city, there.city, flights, mean_delay, percentiles[1],
           percentiles[2], on_time_share, distance, great_circle_km
         FROM next_route_stats AS next
         LEFT JOIN airports AS here ON here.iata = next.origin
         LEFT JOIN airports AS there ON there.iata = next.destination
         ORDER BY next.origin, next.destination`,
        { transaction },
      );
      const [row] = await sequelize.query<{ read: string; written: string }>(
        "SELECT coalesce(sum(flights), 0) AS read, count(*) AS written FROM next_route_stats",
        { transaction, type: QueryTypes.SELECT },
      );
      return { read: Number(row?.read), written: Number(row?.written) };
    },
  };
}
