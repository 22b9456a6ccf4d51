import type { PresentPerson } from '../../api/views.ts';
import { createStore } from '../../ui/store.ts';

/** Who else has the record open that this page shows. */
export const presentPeople = createStore<readonly PresentPerson[]>([]);

/** `Sue is editing`, of as many as there are. */
export function editingText(people: readonly PresentPerson[]): string | null {
  const names = people.filter(({ editing }) => editing).map(({ name }) => name);
  if (!names.length) return null;
  return names.length > 2
    ? `${names[0]} and ${names.length - 1} others are editing`
    : `${listed(names)} ${names.length > 1 ? 'are' : 'is'} editing`;
}

/** The same of those who merely have it open. */
export function viewingText(people: readonly PresentPerson[]): string | null {
  const names = people.filter(({ editing }) => !editing).map(({ name }) => name);
  if (!names.length) return null;
  return names.length > 2
    ? `${names[0]} and ${names.length - 1} others have it open`
    : `${listed(names)} ${names.length > 1 ? 'have' : 'has'} it open too`;
}

const listed = (names: readonly string[]): string => names.join(' and ');

/** What is worth saying aloud: who came, and who began to edit. Nobody wants to hear who left, or the same again. */
export function newsOf(before: readonly PresentPerson[], now: readonly PresentPerson[]): string | null {
  const known = new Map(before.map(({ id, editing }) => [id, editing]));
  const news = now.filter(({ id, editing }) => !known.has(id) || (editing && known.get(id) === false));
  return [editingText(news), viewingText(news)].filter((text) => text !== null).join('. ') || null;
}
