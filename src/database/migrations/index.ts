import { Accounts1000000000000 } from '../../users/migrations/1000-accounts.js';
import { Tokens2000000000000 } from '../../tokens/sessions/migrations/2000-tokens.js';
import { Mail3000000000000 } from '../../mail/migrations/3000-mail.js';
import { Profile5000000000000 } from '../../users/migrations/5000-profile.js';
import { MailBounces6000000000000 } from '../../mail/migrations/6000-mail-bounces.js';
import { Identifiers7000000000000 } from '../../users/migrations/7000-identifiers.js';
import { Avatars8000000000000 } from '../../avatars/migrations/8000-avatars.js';
import { Books9000000000000 } from '../../books/migrations/9000-books.js';
import { AuditPartitions9010000000000 } from '../../audit/migrations/10000-audit-partitions.js';
import { UserSearch9010100000000 } from '../../users/migrations/10100-user-search.js';
import { AuditNotes9010200000000 } from '../../audit/migrations/10200-audit-notes.js';
import { UserSearchScripts9010300000000 } from '../../users/migrations/10300-user-search-scripts.js';
import { IdempotencyKeys9010400000000 } from '../../idempotency/migrations/10400-idempotency-keys.js';
import { UserImports9011000000000 } from '../../users/migrations/11000-user-imports.js';
import { SparseLists9012200000000 } from '../../users/migrations/12200-sparse-lists.js';

/**
 * All migrations, oldest first. One that has landed is never edited; a change is a new one. TypeORM takes the last 13 digits of a
 * class for a time: 9000 is 9000000000000, and 10000 is 9010000000000.
 */
export const MIGRATIONS = [
  Accounts1000000000000,
  Tokens2000000000000,
  Mail3000000000000,
  Profile5000000000000,
  MailBounces6000000000000,
  Identifiers7000000000000,
  Avatars8000000000000,
  Books9000000000000,
  AuditPartitions9010000000000,
  UserSearch9010100000000,
  AuditNotes9010200000000,
  UserSearchScripts9010300000000,
  IdempotencyKeys9010400000000,
  UserImports9011000000000,
  SparseLists9012200000000,
];
