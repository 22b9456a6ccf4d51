import type { Context } from '../events/entry.ts';
import { isContext } from '../capture/inbox-check.ts';
import { storable } from '../capture/inbox.ts';

/** Contexts that are kept, and the characters of their texts: whoever writes long ones must not fill the memory. */
const MAX_CONTEXTS = 1_000;
const MAX_CHARACTERS = 2_000_000;

/** Contexts as they were told, each text read once as long as there is room: the flushes of one request share theirs. */
export class ToldContexts {
  readonly #known = new Map<string, Context>();
  #characters = 0;

  /** Characters of the texts that are kept. */
  get characters(): number {
    return this.#characters;
  }

  /** @throws SyntaxError, TypeError for what is no context. */
  read(text: string): Context {
    const known = this.#known.get(text);
    if (known) return known;
    const context: unknown = JSON.parse(storable(text));
    if (!isContext(context)) throw new TypeError('not the form of a context');
    this.#keep(text, context);
    return context;
  }

  #keep(text: string, context: Context): void {
    if (text.length > MAX_CHARACTERS) return;
    if (this.#known.size >= MAX_CONTEXTS || this.#characters + text.length > MAX_CHARACTERS) {
      this.#known.clear();
      this.#characters = 0;
    }
    this.#known.set(text, context);
    this.#characters += text.length;
  }
}
