import { LinkTokenField } from '../../challenges/link-token-field.js';

/** What the page sends. */
export class DisavowForm {
  @LinkTokenField()
  token!: string;
}
