import { ReferenceKind, type EntityMetadata, type EntityProperty } from '@mikro-orm/core';
import { columnText, type Spelling } from '../values/column-text.ts';
import { isTracked, type AuditPolicy } from './policy.ts';

// A record is found by its key as the database writes it. A program may give the same key otherwise.

/** Types of which a program's text is spelled as the database would. */
const SPELLED = /^(uuid\b|(numeric|decimal)\()/i;

/** Types that the database writes another way than programs give them. */
const WRITTEN_OTHERWISE =
  /^(timestamp|time\b|timetz|interval|char\b|character\b(?! varying)|bpchar|bytea|real|float|double|money|bool|inet|cidr|macaddr)/i;

const PARTS = '~~~';

const known = new WeakMap<EntityMetadata, readonly (Spelling | null)[] | null>();

/** A key's text, as MikroORM writes it, as the database writes the same key. */
export function keySpelled(meta: EntityMetadata, key: string): string {
  const spellings = spellingsOf(meta);
  if (!spellings) return key;
  const parts = spellings.length === 1 ? [key] : key.split(PARTS);
  return parts.length === spellings.length ? parts.map((part, i) => spellings[i]?.(part) ?? part).join(PARTS) : key;
}

/** One for each column of the key; null where there is nothing to do. */
function spellingsOf(meta: EntityMetadata): readonly (Spelling | null)[] | null {
  const before = known.get(meta);
  if (before !== undefined) return before;
  const types = keyProperties(meta).flatMap(({ columnTypes }) => columnTypes ?? ['text']);
  const spellings = types.map((type) => (SPELLED.test(type) ? columnText(type) : null));
  const made = spellings.some((one) => one) ? spellings : null;
  known.set(meta, made);
  return made;
}

const keyProperties = ({ primaryKeys, properties }: EntityMetadata): EntityProperty[] =>
  primaryKeys.flatMap((name) => (properties as Record<string, EntityProperty>)[name] ?? []);

/** In sentences, the keys by which a record, or a member of its collections, would not be found again. */
export function keyProblems(meta: EntityMetadata, policy: AuditPolicy): string[] {
  const collections = meta.props.filter(({ name, kind, owner }) => {
    const field = policy.fields[name];
    return kind === ReferenceKind.MANY_TO_MANY && owner && field && isTracked(field);
  });
  const metas = new Set([meta, ...collections.flatMap(({ targetMeta }) => targetMeta ?? [])]);
  return [...metas].flatMap((one) =>
    keyProperties(one).flatMap(({ name, columnTypes }) => {
      const type = (columnTypes ?? []).find((found) => WRITTEN_OTHERWISE.test(found));
      return type === undefined
        ? []
        : [
            `${one.className}.${name} is a key of type ${type}, which the database writes another way than the application gives it, so that a record isn't found by it: give ${one.className} a key of type uuid, integer, numeric(…) or text, and this column a unique index`,
          ];
    }),
  );
}
