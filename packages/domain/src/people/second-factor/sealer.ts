import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Seals texts with a key that doesn't stand in the database, so that whoever has that alone can't read them. */
export interface Sealer {
  /** `whose` is bound in: what is sealed for one opens for no other. */
  readonly seal: (text: string, whose: string) => string;
  /** @throws Error where it was sealed with none of the keys, for somebody else, or was altered. */
  readonly open: (sealed: string, whose: string) => string;
  /** Whether one of the keys sealed this. */
  readonly knows: (sealed: string) => boolean;
}

const NONCE = 12;
const TAG = 16;
/** Hex digits of a key's name: the beginning of its hash, which says nothing of it. */
const NAME = 8;

const nameOf = (key: Buffer) => createHash('sha256').update('countersign sealing key').update(key).digest('hex').slice(0, NAME);

/** AES-256-GCM. The first key seals; the others, which it replaced, open what was sealed before. Keys are 32 bytes. */
export function sealerWith(keys: readonly [Buffer, ...Buffer[]]): Sealer {
  const named = new Map(keys.map((key) => [nameOf(key), key]));
  return {
    seal: (text, whose) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', keys[0], nonce, { authTagLength: TAG }).setAAD(Buffer.from(whose));
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${nameOf(keys[0])}.${sealed.toString('base64url')}`;
    },
    open: (sealed, whose) => {
      const [name = '', body = ''] = sealed.split('.');
      const key = named.get(name);
      if (!key)
        throw new Error(
          `this was sealed with the key ${name}, which this server doesn’t have: name it in SECOND_FACTOR_KEY, after the present one`,
        );
      const bytes = Buffer.from(body, 'base64url');
      const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      opener.setAAD(Buffer.from(whose)).setAuthTag(bytes.subarray(-TAG));
      return Buffer.concat([opener.update(bytes.subarray(NONCE, -TAG)), opener.final()]).toString('utf8');
    },
    knows: (sealed) => named.has(sealed.split('.')[0] ?? ''),
  };
}
