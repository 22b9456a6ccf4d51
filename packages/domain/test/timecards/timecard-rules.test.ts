import { describe, expect, test } from 'vitest';
import { ROLES, type Relation, type Role } from '../../src/people/rights/permissions.ts';
import { periodLabel } from '../../src/timecards/period.rules.ts';
import { decide, editNeedsReason, mayCreate, outcomeOf, STEPS, type Standing, type Step } from '../../src/timecards/timecard.rules.ts';
import { TIMECARD_STATUSES, type TimecardStatus } from '../../src/timecards/timecard.views.ts';

const card = (status: TimecardStatus, editedAfterApproval = false): Standing => ({ status, editedAfterApproval });

describe('TC-4: the status table', () => {
  const allowed: Record<TimecardStatus, Partial<Record<Step, string>>> = {
    draft: { edit: 'draft', submit: 'submitted', delete: 'deleted' },
    submitted: { approve: 'approved', reject: 'rejected' },
    approved: { edit: 'approved' },
    rejected: { edit: 'rejected', submit: 'submitted' },
  };

  test.each(TIMECARD_STATUSES.flatMap((status) => STEPS.map((step) => [status, step] as const)))('TC-4: %s, %s', (status, step) => {
    const outcome = outcomeOf(step, card(status));
    const wanted = allowed[status][step];
    if (wanted) expect(outcome).toEqual({ to: wanted });
    else expect('refused' in outcome && outcome.refused).toMatch(/^This timecard /);
  });

  test('TC-4: an approved card that was edited is approved anew, one that was not is refused', () => {
    expect(outcomeOf('approve', card('approved', true))).toEqual({ to: 'approved' });
    expect(outcomeOf('approve', card('approved'))).toEqual({ refused: 'This timecard is approved already, and was not edited since.' });
  });
});

/** The matrix of the specification as it is printed there, written out by hand. */
const TABLE: Record<string, Partial<Record<Role, readonly Relation[]>>> = {
  write: {
    admin: ['own', 'responsible', 'foreign'],
    manager: ['own', 'responsible', 'foreign'],
    in_house: ['own', 'responsible', 'foreign'],
    supervisor: ['own'],
    coordinator: ['own'],
    talent_escort: ['own'],
    worker: ['own'],
    member: ['own'],
    lending_admin: ['own'],
    borrowing_admin: ['own'],
  },
  decide: {
    admin: ['responsible', 'foreign'],
    manager: ['responsible', 'foreign'],
    in_house: ['responsible', 'foreign'],
    supervisor: ['responsible'],
  },
  editApproved: { admin: ['own', 'responsible', 'foreign'] },
  delete: {
    admin: ['own', 'responsible', 'foreign'],
    manager: ['own'],
    in_house: ['own'],
    supervisor: ['own'],
    coordinator: ['own'],
    talent_escort: ['own'],
    worker: ['own'],
    member: ['own'],
    lending_admin: ['own'],
    borrowing_admin: ['own'],
  },
};
const RELATIONS: readonly Relation[] = ['own', 'responsible', 'foreign'];
const CASES = ROLES.flatMap((role) => RELATIONS.map((relation) => [role, relation] as const));
const may = (row: string, role: Role, relation: Relation) => TABLE[row]?.[role]?.includes(relation) ?? false;

describe('AC-9: who may do what with a timecard', () => {
  test.each(CASES)('AC-9: %s, %s: create, edit draft or rejected, submit, approve, reject, edit approved, delete', (role, relation) => {
    const verdict = (step: Step, status: TimecardStatus, edited = false) => decide(step, card(status, edited), role, relation).allowed;
    expect(mayCreate(role, relation)).toBe(may('write', role, relation));
    for (const status of ['draft', 'rejected'] as const) {
      expect(verdict('edit', status)).toBe(may('write', role, relation));
      expect(verdict('submit', status)).toBe(may('write', role, relation));
    }
    expect(verdict('approve', 'submitted')).toBe(may('decide', role, relation));
    expect(verdict('reject', 'submitted')).toBe(may('decide', role, relation));
    expect(verdict('approve', 'approved', true)).toBe(may('decide', role, relation));
    expect(verdict('edit', 'approved')).toBe(may('editApproved', role, relation));
    expect(verdict('delete', 'draft')).toBe(may('delete', role, relation));
  });

  test.each(CASES)('AC-9: %s, %s: whatever is refused has a reason in words', (role, relation) => {
    for (const status of TIMECARD_STATUSES) {
      for (const step of STEPS) {
        const decision = decide(step, card(status), role, relation);
        if (!decision.allowed) expect(decision.reason).toMatch(/^[A-Z].{20,}\.$/);
      }
    }
  });

  test('AC-9: nobody decides about their own timecard, an admin neither', () => {
    for (const role of ROLES) {
      expect(decide('approve', card('submitted'), role, 'own')).toMatchObject({
        allowed: false,
        because: 'permission',
        reason: 'Nobody approves or rejects their own timecard.',
      });
    }
  });
});

describe('TC-10: when a change needs a reason', () => {
  test('TC-10: an edit by anybody but the owner, and any change after approval', () => {
    expect(editNeedsReason(card('draft'), 'own')).toBe(false);
    expect(editNeedsReason(card('rejected'), 'own')).toBe(false);
    expect(editNeedsReason(card('draft'), 'foreign')).toBe(true);
    expect(editNeedsReason(card('rejected'), 'responsible')).toBe(true);
    expect(editNeedsReason(card('approved'), 'own')).toBe(true);
  });
});

describe('labels of cards', () => {
  test.each([
    ['2026-11-03', '2026-11-03', '3 Nov 2026'],
    ['2026-11-02', '2026-11-08', 'Week of 2 Nov 2026'],
    ['2026-11-03', '2026-11-09', '3–9 Nov 2026'],
    ['2026-10-28', '2026-11-03', '28 Oct – 3 Nov 2026'],
    ['2026-12-28', '2027-01-03', 'Week of 28 Dec 2026'],
    ['2026-12-30', '2027-01-02', '30 Dec 2026 – 2 Jan 2027'],
  ])('%s to %s is "%s"', (periodStart, periodEnd, label) => {
    expect(periodLabel({ periodStart, periodEnd })).toBe(label);
  });
});
