import { LinkTokenField } from '../../challenges/link-token-field.js';

/** What these pages send. */
export class LostFactorForm {
  @LinkTokenField()
  token!: string;
}
