import type { Page } from 'playwright';

/** One thing that a tour asks of its reader. */
export type Step =
  | { readonly kind: 'window'; readonly which: 'first' | 'private' }
  | { readonly kind: 'question' }
  | { readonly kind: 'open'; readonly address: string }
  | { readonly kind: 'press'; readonly name: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'type'; readonly text: string; readonly into: string }
  | { readonly kind: 'see'; readonly text: string };

/** The words that mean something. What is set in bold or as code must be part of one of them. */
const WORDS =
  /(?<window>in (?:a|the) (?<which>private|first) window)|(?<question>in the question that follows)|open `(?<address>[^`]+)`|type `(?<typed>[^`]+)` into\s+\*\*(?<into>[^*]+)\*\*|(?:choose|press) \*\*(?<name>[^*]+)\*\*|(?:press|and then) `(?<key>[^`]+)`|see\s+\*\*(?<seen>[^*]+)\*\*/gi;

/** A tour's sentences as steps. @throws where something is emphasised that no step takes up: nobody could follow it. */
export function stepsOf(tour: string): Step[] {
  const text = tour.replaceAll(/\s+/g, ' ');
  const left = text.replaceAll(WORDS, '');
  if (/`|\*\*/.test(left)) throw new Error(`The tour says what no test can do: ${/.{0,40}(?:`|\*\*).{0,40}/.exec(left)?.[0]}`);
  return [...text.matchAll(WORDS)].map(({ groups = {} }) => {
    if (groups['window']) return { kind: 'window', which: groups['which']?.toLowerCase() === 'first' ? 'first' : 'private' };
    if (groups['question']) return { kind: 'question' };
    if (groups['address']) return { kind: 'open', address: groups['address'] };
    if (groups['typed']) return { kind: 'type', text: groups['typed'], into: groups['into'] ?? '' };
    if (groups['name']) return { kind: 'press', name: groups['name'] };
    if (groups['key']) return { kind: 'key', key: groups['key'] };
    return { kind: 'see', text: groups['seen'] ?? '' };
  });
}

/** The paragraphs of a document below a heading of the second level. */
export function sectionOf(markdown: string, heading: string): string {
  const from = markdown.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new Error(`there is no section "${heading}"`);
  const rest = markdown.slice(from + heading.length + 5);
  const end = rest.indexOf('\n## ');
  return end < 0 ? rest : rest.slice(0, end);
}

/**
 * Clicks what a reader would take for it: a button or a link with these words in its name, in the dialog if one is open, else what
 * says just that. By whole words: while a form is still being saved there is no "Edit", and "edited" in a trail isn't it.
 */
async function press(page: Page, name: string): Promise<void> {
  const dialog = page.getByRole('dialog').last();
  const where = (await dialog.count()) > 0 ? dialog : page;
  const words = new RegExp(`\\b${name.replaceAll(/[^\w ]/g, String.raw`\$&`)}\\b`);
  const named = where.getByRole('button', { name: words }).or(where.getByRole('link', { name: words }));
  const said = where.getByText(name, { exact: true });
  await named.or(said).filter({ visible: true }).first().waitFor();
  // A row's link may lie over the words: a click goes to what lies on top, as a reader's does.
  if ((await named.count()) > 0) await named.first().click();
  else await said.filter({ visible: true }).first().click({ force: true });
}

/** Does on a page what a step says. `origin` is where the server of this test listens. */
export async function follow(page: Page, step: Exclude<Step, { kind: 'window' }>, origin: string): Promise<void> {
  switch (step.kind) {
    case 'question':
      await page.getByRole('dialog').waitFor();
      return;
    case 'open':
      await page.goto(step.address.replace('http://localhost:3000', origin));
      return;
    case 'press':
      await press(page, step.name);
      return;
    case 'key':
      await page.keyboard.press(step.key);
      return;
    case 'type':
      await page.getByLabel(step.into).first().fill(step.text);
      return;
    case 'see':
      await page.getByText(step.text).filter({ visible: true }).first().waitFor();
      return;
    default:
      return step satisfies never;
  }
}
