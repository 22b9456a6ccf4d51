import type { Contender } from './contender.ts';
import { mikroOrmContenders } from './mikro-orm.ts';
import { sequelizeContenders } from './sequelize.ts';
import { typeormContenders } from './typeorm.ts';

/** Whom the benchmark holds against each other. */
export const CONTENDERS: readonly Contender[] = [...mikroOrmContenders, ...sequelizeContenders, ...typeormContenders];
