import { Module } from '@nestjs/common';
import { BooksModule } from '../../books/books.module.js';
import { ContractCoreModule } from '../shared/contract-core.module.js';
import { RootPicturesModule } from '../shared/root-pictures.module.js';
import { GrantedReset } from './granted-reset.service.js';
import { PasswordResetGrants } from './password-reset-grants.js';
import { TestLibraryAccountController } from './test-library-account.controller.js';
import { TestLibraryAuthController } from './test-library-auth.controller.js';
import { TestLibraryBooksController } from './test-library-books.controller.js';
import { TestLibraryUsersController } from './test-library-users.controller.js';

@Module({
  imports: [ContractCoreModule, RootPicturesModule, BooksModule],
  controllers: [TestLibraryAuthController, TestLibraryUsersController, TestLibraryAccountController, TestLibraryBooksController],
  providers: [GrantedReset, PasswordResetGrants],
})
export class TestLibraryModule {}
