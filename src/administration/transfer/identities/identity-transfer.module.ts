import { Module } from '@nestjs/common';
import { MovedIdentitiesModule } from '../../../auth/identities/moved-identities.module.js';
import { IdentityTransfer } from './identity-transfer.service.js';

/** Import and export of identities. */
@Module({ imports: [MovedIdentitiesModule], providers: [IdentityTransfer], exports: [IdentityTransfer] })
export class IdentityTransferModule {}
