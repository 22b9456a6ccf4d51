import { expect, it } from 'vitest';
import { inPieces } from '../src/sequencer/append.ts';

it('what is written is sent in pieces of bounded length, as it is', () => {
  const lines = ['é1\n', 'much longer than one piece may be\n', '2\n', '3\n', '4\n'];
  const pieces = inPieces(lines, 6).map(String);
  expect(pieces.join('')).toBe(lines.join(''));
  expect(pieces).toEqual(['é1\n', 'much longer than one piece may be\n', '2\n3\n4\n']);
});
