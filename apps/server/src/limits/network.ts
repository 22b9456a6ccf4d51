import { isIPv6 } from 'node:net';

/**
 * What counts as one address: of IPv6 the first 64 bits, since whoever has one address has all of those; of IPv4 all.
 * Requests whose address isn't known count together.
 */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown';
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return plain;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  return mapped ?? `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address
    .toLowerCase()
    .replace(/\d+\.\d+\.\d+\.\d+$/, '0:0')
    .split('::');
  const [first, last] = [head, tail ?? ''].map((part) => (part ? part.split(':') : [])) as [string[], string[]];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array.from({ length: missing }, () => '0'), ...last].map((group) => group.replace(/^0+(?=.)/, ''));
}
