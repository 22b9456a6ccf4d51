import { defineEntity, LockMode, p, type EntityManager, type InferEntity } from '@mikro-orm/postgresql';
import { audited, never } from '@countersign/audit/policy';
import { now } from '../../clock.ts';
import { User } from '../user.ts';

/** What somebody shows beside their password: the codes of an authenticator app (RFC 6238), or one of ten that they wrote down. */
export const SecondFactor = defineEntity({
  name: 'SecondFactor',
  tableName: 'second_factors',
  checks: [
    { name: 'second_factors_codes_are_counted', expression: 'codes_left = cardinality(code_hashes)' },
    { name: 'second_factors_secret_is_sealed', expression: "sealed_secret ~ '^[0-9a-f]{8}[.]'" },
  ],
  properties: {
    user: () => p.oneToOne(User).owner().primary().deleteRule('cascade'),
    /** Ciphertext: see `sealer.ts`. */
    sealedSecret: p.string().length(200),
    /** The half minute, counted since 1970, of the latest code that was accepted: neither that one nor an earlier one is accepted again. */
    lastStep: p.integer(),
    /** When the authenticator was set up, or another one took its place. */
    setUpAt: p.datetime(3),
    /** SHA-256 in hex of those recovery codes that nobody has used yet. */
    codeHashes: p.array(),
    codesLeft: p.smallint(),
    codesMadeAt: p.datetime(3),
    createdAt: p.datetime(3).onCreate(now).defaultRaw('now()'),
  },
});
export type SecondFactor = InferEntity<typeof SecondFactor>;

export const secondFactorAudit = audited(SecondFactor, {
  area: 'people',
  label: 'Second factor',
  title: () => 'Second factor',
  root: 'user',
  carries: ['user'],
  fields: {
    user: never('the key, which every event names as its target'),
    sealedSecret: never('a secret'),
    lastStep: never('a code’s: each use is a sign-in, which is recorded itself'),
    setUpAt: { label: 'Set Up At', kind: 'time' },
    codeHashes: never('hashes of codes'),
    codesLeft: { label: 'Recovery Codes Left', kind: 'number' },
    codesMadeAt: { label: 'Recovery Codes Made At', kind: 'time' },
    createdAt: never('the time of the event of the creation'),
  },
  actions: {
    vocabulary: {
      second_factor_set_up: { label: 'Second factor set up', description: 'From now on signing in asks for a code beside the password.' },
      second_factor_renewed: { label: 'Second factor renewed', description: 'Another authenticator took the place of the one before.' },
      second_factor_removed: {
        label: 'Second factor removed',
        description: 'Somebody removed their own; signing in asks for the password alone.',
      },
      second_factor_reset: {
        label: 'Second factor reset',
        description: 'Somebody else removed it: an admin, for a person who lost theirs, or whoever has the database.',
      },
      recovery_code_used: {
        label: 'Recovery code used',
        description: 'One of the codes that somebody wrote down was used up in place of the authenticator.',
      },
      recovery_codes_made: { label: 'Recovery codes made anew', description: 'The ones before open nothing any more.' },
      second_factor_changed: { label: 'Second factor changed' },
    },
    general: ({ operation, row, actor }) => {
      if (operation === 'create') return 'second_factor_set_up';
      if (operation === 'update') return 'second_factor_changed';
      return actor.id === row.user ? 'second_factor_removed' : 'second_factor_reset';
    },
    rules: [
      {
        action: 'second_factor_renewed',
        claims: ['setUpAt', 'codesMadeAt', 'codesLeft'],
        when: ({ operation, changed }) => operation === 'update' && changed.has('setUpAt'),
      },
      {
        action: 'recovery_codes_made',
        claims: ['codesMadeAt', 'codesLeft'],
        when: ({ operation, changed }) => operation === 'update' && changed.has('codesMadeAt'),
      },
      {
        action: 'recovery_code_used',
        claims: ['codesLeft'],
        when: ({ operation, before, row }) => operation === 'update' && Number(row.codesLeft) < Number(before?.codesLeft),
        metadata: ({ row }) => ({ codes_left: Number(row.codesLeft) }),
      },
    ],
  },
});

/** Somebody's, held until the transaction ends, so that a code is used once; null where they have none. */
export const heldFactor = (tx: EntityManager, user: string): Promise<SecondFactor | null> =>
  tx.findOne(SecondFactor, { user }, { lockMode: LockMode.PESSIMISTIC_WRITE });
