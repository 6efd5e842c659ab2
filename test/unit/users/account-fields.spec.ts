import 'reflect-metadata';
import { getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { ManagedUserView } from '../../../src/administration/dto/managed-user.view.js';
import { RegisterUser } from '../../../src/auth/registration/dto/register-user.dto.js';
import { helpOf } from '../../../src/cli/help.js';
import { ACCOUNT_FIELDS, FIELD_ROWS } from '../../../src/users/account-fields.js';
import { UpdateProfile } from '../../../src/users/dto/update-profile.dto.js';
import { UserView } from '../../../src/users/dto/user.view.js';
import { WrittenField } from '../../../src/users/dto/written-field.js';
import { type FieldValues, type Lacking, type Told, fieldsShown, fieldsWritten } from '../../../src/users/field-sets.js';
import { RECORD_FIELDS, emptyRecord, readAccountRecord } from '../../../src/users/transfer/account-record.js';
import { User } from '../../../src/users/user.entity.js';
import { ACCOUNT_EXPORT } from '../../../src/users/users.export.js';

/** The properties of a class in the OpenAPI document. */
function documented(dto: abstract new () => object): string[] {
  const names = Reflect.getMetadata('swagger/apiModelPropertiesArray', dto.prototype as object) as string[];
  return names.map((name) => name.slice(1));
}

describe('the fields of accounts', () => {
  it.each([
    ['what somebody registers with', RegisterUser, fieldsWritten('register')],
    ['an edit of a profile', UpdateProfile, fieldsWritten('edit')],
    ['the view of an account', UserView, fieldsShown('view')],
    ['the view for administrators', ManagedUserView, fieldsShown('directory')],
    ['the export of an account', ACCOUNT_EXPORT.view, fieldsShown('export')],
  ])('are documented in %s', (_, dto, fields) => {
    expect(documented(dto)).toEqual(expect.arrayContaining(fields));
  });

  it('have the columns named in their rows', () => {
    const { columns } = getMetadataArgsStorage();
    const ofUser = columns.filter(({ target }) => target === User || target === Object.getPrototypeOf(User));
    const named = new Map(ofUser.map(({ propertyName, options }) => [propertyName, options.name ?? propertyName]));
    for (const [name, { column, key, table }] of FIELD_ROWS) {
      if (table !== undefined) continue;
      expect([name, named.get(name), named.get(`${name}Key`)]).toEqual([name, column, key]);
    }
  });

  it('are all in a file of accounts, and in the help of the command', async () => {
    // The factors follow from the authenticators in the file.
    expect(RECORD_FIELDS).toEqual(Object.keys(ACCOUNT_FIELDS).filter((name) => name !== 'factors'));
    const help = await helpOf('users');
    for (const name of RECORD_FIELDS) expect(help).toMatch(new RegExp(`\\b${name}[,.]`));
    const lines = help.split('\n').filter((line) => /^(?:\w+, )*\w+[,.]$/.test(line));
    expect(lines.join(' ')).toBe(`${RECORD_FIELDS.join(', ')}.`);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(140);
  });

  it('are empty if a record lacks them', () => {
    const now = new Date('2026-03-01T09:30:00Z');
    const read = readAccountRecord({ username: 'Ada' }, { region: 'US', now });
    expect(read).toEqual({ ...emptyRecord(now), id: read.id, username: 'Ada', usernameKey: 'ada' });
    expect(Object.keys(read).toSorted()).toEqual([...RECORD_FIELDS, 'usernameKey', 'emailKey', 'mobileKey'].toSorted());
  });

  it('cannot be missing in a class that must have them according to their rows', () => {
    // @ts-expect-error -- the body lacks the gender
    class BodyWithoutGender implements Lacking<'register', Omit<RegisterUser, 'gender'>> {}
    // @ts-expect-error -- the view lacks every field
    class EmptyView implements Told<'view'> {}
    // @ts-expect-error -- no such field
    const named: keyof FieldValues = 'noSuchField';
    // @ts-expect-error -- a field that is not in the table
    expect(() => WrittenField('noSuchField', {})).toThrow(TypeError);
    expect([named, new BodyWithoutGender(), new EmptyView()]).toEqual(['noSuchField', {}, {}]);
  });

  it('have values of the types that their readers return', () => {
    const values: Pick<FieldValues, 'gender' | 'metadata' | 'createdAt' | 'username'> = {
      gender: 'female',
      metadata: {},
      createdAt: new Date(0),
      username: null,
    };
    // @ts-expect-error -- not one of the genders
    values.gender = 'none';
    // @ts-expect-error -- accounts always have been made at some time
    values.createdAt = null;
    expect(Object.keys(values)).toHaveLength(4);
  });
});
