import { expect, it } from 'vitest';
import { encodeContext } from '../src/capture/inbox.ts';
import { readWho } from '../src/merge/seen.ts';
import { contextText } from './warren.ts';

it('AUD-8 who was at work is read as triggers write it, and as those before them wrote it', () => {
  const context = contextText('hazel', { reason: 'said "yes", \\ and (no)' });
  const row = `("${context.replaceAll(/["\\]/g, (sign) => sign + sign)}",app,"a, b",10.0.0.1)`;
  const json = JSON.stringify({ c: context, u: 'app', a: 'a, b', i: '10.0.0.1' });
  for (const text of [row, json]) {
    const who = readWho(text, 'app');
    expect(who).toMatchObject({ role: 'app', application: 'a, b', address: '10.0.0.1' });
    expect(who.context && encodeContext(who.context)).toBe(context);
    // Of another role it isn't believed.
    expect(readWho(text, 'other').context).toBeNull();
  }
});

it.each(['(,psql,"",)', '("",psql,"",)', '{"c":null,"u":"psql","a":"","i":null}'])('AUD-8 nobody told anything: %s', (text) => {
  expect(readWho(text, 'psql')).toEqual({ role: 'psql', application: '', address: null, context: null, depth: null, message: null });
});

it('AUD-4 how deep in triggers and by which message it was written', () => {
  expect(readWho('("",psql,"",,2,1764000000.25)', 'psql')).toMatchObject({ depth: 2, message: '1764000000.25' });
});
