import { expect, test } from 'vitest';
import { passwordProblems } from '../../src/people/password/password-strength.rules.ts';

const ann = { email: 'ann.berg@example.com', firstName: 'Ann', lastName: 'Bergström' };

test.each([
  'short',
  'elevenchars',
  'aaaabbbbaaaabbbb',
  'password12345',
  'Passw0rd!Passw0rd!',
  'qwertyuiop123',
  '1234567890123',
  'Welcome2026!!!',
  'P@ssw0rd!2026!',
  'mnbvcxz-lkjhgf',
  'polopolopolopolo',
  '1qaz2wsx3edc',
  'iloveyou1234567890',
  'changeme-changeme',
  'Bergström2026!',
  'ann.berg-ann.berg',
  'ann.berg@example.com',
  'x'.repeat(201),
])('AC-5: %s is no password', (password) => expect(passwordProblems(password, ann)).toMatchObject([{ field: 'password' }]));

test.each([
  'correct horse battery',
  'a different one entirely',
  'countersign-demo',
  'seven summers by the lake',
  'tr4m-lines-at-dusk',
  'bergkristall unter wasser',
  '密码密码密码一二三四五六七八',
])('AC-5: %s will do', (password) => expect(passwordProblems(password, ann)).toEqual([]));
