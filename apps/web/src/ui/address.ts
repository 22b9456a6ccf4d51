/** What stands behind the question mark: text, or a list where a name is repeated. Readable, and typed by nobody twice. */
export type Address = Record<string, string | string[]>;

/** `?action=user_edit&action=admin_edit&text=gate`. */
export function readAddress(search: string): Address {
  const address: Address = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const known = address[name];
    address[name] = known === undefined ? value : [known, value].flat();
  }
  return address;
}

export function writeAddress(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of [value].flat()) {
      if (typeof one === 'number' || (typeof one === 'string' && one !== '')) parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  // A colon needs no escaping there, and `root=Timecard:…` is to be read by people.
  return text && `?${text.replaceAll('%3A', ':').replaceAll('%2C', ',')}`;
}

/** A list from the address: without doubles and empty parts, undefined for none, so that it doesn't stand there. */
export function listFrom(value: unknown): string[] | undefined {
  const list = [...new Set([value].flat().filter((one): one is string => typeof one === 'string' && one !== '' && isKeepable(one)))];
  return list.length ? list.slice(0, 50) : undefined;
}

/** Control characters and half characters stand in no record: whoever pastes them can't mean them. */
const isKeepable = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

export function textFrom(value: unknown): string | undefined {
  const [first] = listFrom(value) ?? [];
  return first?.slice(0, 200);
}

/** A day that there is: 31 February is none. */
export const dayFrom = (value: unknown): string | undefined => {
  const day = textFrom(value)?.match(/^\d{4}-\d{2}-\d{2}$/)?.[0];
  const at = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${day}T`) ? day : undefined;
};

export function numberFrom(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : textFrom(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** An instant that can be understood. */
export function instantFrom(value: unknown): string | undefined {
  const text = textFrom(value)?.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/)?.[0];
  return text !== undefined && Number.isFinite(Date.parse(text)) ? text : undefined;
}

/** A path of this site, and of no other: where to go once somebody has signed in. */
export const ownPath = (value: unknown): string | undefined => textFrom(value)?.match(/^\/(?![/\\]).*/)?.[0];
