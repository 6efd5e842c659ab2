import { FactorField } from '../../authenticators/factor-field.js';
import { LinkTokenField } from '../../challenges/link-token-field.js';

/** What the page sends. */
export class DeleteAccountForm {
  @LinkTokenField()
  token!: string;

  @FactorField()
  factor?: string;
}
