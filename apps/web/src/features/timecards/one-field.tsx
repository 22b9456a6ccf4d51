import type { FormField } from '../../api/views.ts';
import { type ControlProps, Field } from '../../ui/field.tsx';
import { editedIn, type Group, type Path, pathIn } from './card-form.ts';
import { TimeInput } from './time-input.tsx';
import { type CardTyping, refusedAt } from './use-card-edit.ts';

interface Props {
  readonly field: FormField;
  readonly group: Group;
  readonly edit: CardTyping;
}

/** What is wrong with a field: what the server said of it, what can't be read, or what the rules say can't be. */
export function problemAt(edit: CardTyping, path: Path): string | undefined {
  const typed = edit.form && editedIn(edit.form, edit.typing).problems.get(path);
  return typed ?? (edit.changed.size ? edit.preview?.problems.get(path) : undefined) ?? refusedAt(edit.refused, path);
}

/** One field of a command, by the kind that its description gives. */
export function OneField({ field, group, edit }: Props) {
  const path = pathIn(group, field.name);
  const value = edit.typing[path] ?? '';
  if (field.kind === 'boolean') {
    return (
      <label className="flex items-center gap-2.5 text-sm pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={value === 'true'}
          onChange={({ target }) => edit.type(path, target.checked ? 'true' : '')}
          className="size-4 accent-(--accent)"
        />
        {field.title}
      </label>
    );
  }
  return (
    <Field label={field.title} problem={problemAt(edit, path)}>
      {(control) => <Control field={field} group={group} edit={edit} control={control} />}
    </Field>
  );
}

function Control({ field, group, edit, control }: Props & { readonly control: ControlProps }) {
  const path = pathIn(group, field.name);
  const { className, ...tied } = control;
  const text = {
    ...tied,
    'data-changed': edit.changed.has(path) || undefined,
    value: edit.typing[path] ?? '',
    maxLength: field.maxLength,
    onChange: ({ target }: { target: { value: string } }) => edit.type(path, target.value),
  };
  switch (field.kind) {
    case 'time':
      return (
        <TimeInput
          id={control.id}
          path={path}
          group={group}
          edit={edit}
          invalid={control['aria-invalid'] ?? false}
          describedBy={control['aria-describedby']}
        />
      );
    case 'longtext':
      return <textarea {...text} rows={3} className={`${className} py-1.5`} />;
    case 'enum':
      return (
        <select {...tied} value={text.value} onChange={text.onChange} className={`${className} h-9`}>
          <option value="">–</option>
          {field.options?.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    default:
      return (
        <input
          {...text}
          type={field.kind === 'date' ? 'date' : 'text'}
          inputMode={field.kind === 'number' ? 'decimal' : undefined}
          className={`${className} h-9`}
        />
      );
  }
}
