import type { Role } from '../../api/views.ts';
import { roleName, ROLES } from '../../layouts/role-name.ts';
import { Field } from '../../ui/field.tsx';

interface RoleProps {
  readonly role: Role;
  readonly onChange: (role: Role) => void;
  readonly problem: string | undefined;
}

export const RoleField = ({ role, onChange, problem }: RoleProps) => (
  <Field label="Role" problem={problem}>
    {(control) => (
      <select {...control} className={`${control.className} h-9`} value={role} onChange={({ target }) => onChange(target.value as Role)}>
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {roleName(one)}
          </option>
        ))}
      </select>
    )}
  </Field>
);

interface LevelProps {
  readonly level: number;
  readonly onChange: (level: number) => void;
  readonly problem: string | undefined;
}

export const LevelField = ({ level, onChange, problem }: LevelProps) => (
  <Field label="Level" problem={problem}>
    {(control) => (
      <select {...control} className={`${control.className} h-9`} value={level} onChange={({ target }) => onChange(Number(target.value))}>
        {[1, 2, 3, 4, 5].map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )}
  </Field>
);
