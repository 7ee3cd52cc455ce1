import type { QueryOptions, Sequelize, Transaction } from "sequelize";

/**
 * A Sequelize whose queries run in `transaction` without being told, and whose own transactions are savepoints in it.
 * For what must see, and be undone with, everything that one transaction did.
 */
export function joined(sequelize: Sequelize, transaction: Transaction): Sequelize {
  return Object.create(sequelize, {
    query: {
      value: (sql: string, options?: QueryOptions) => sequelize.query(sql, { transaction, ...options }),
    },
    transaction: {
      value: (work: (nested: Transaction) => Promise<unknown>) => sequelize.transaction({ transaction }, work),
    },
    close: { value: async () => {} },
  }) as Sequelize;
}
