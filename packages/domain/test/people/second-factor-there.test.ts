import { expect, test } from 'vitest';
import { askedForSecondFactor } from '../../src/people/provider/second-factor-there.rules.ts';

test.each([
  [{ amr: ['pwd', 'mfa'] }, true],
  [{ amr: ['hwk', 'pin'] }, true],
  [{ amr: ['face', 'swk'] }, true],
  [{ amr: ['otp', 'pwd'] }, true],
  [{ acr: 'https://refeds.org/profile/mfa' }, true],
  [{ acr: 'phr', amr: ['pwd'] }, true],
  [{ amr: ['pwd'] }, false],
  [{ amr: ['otp'] }, false],
  [{ amr: ['sms'] }, false],
  [{ amr: ['face'] }, false],
  [{ amr: ['pwd', 'pin'] }, false],
  [{ amr: ['constructor', 'pwd'] }, false],
  [{ amr: 'mfa' }, false],
  [{ amr: [], acr: '0' }, false],
  [{ amr: [['mfa']], acr: { value: 'phr' } }, false],
  [{}, false],
])('AC-5: what a provider says of how somebody signed in: %o', (claims, asked) => {
  expect(askedForSecondFactor(claims)).toBe(asked);
});
