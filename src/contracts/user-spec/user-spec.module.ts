import { Module } from '@nestjs/common';
import { ContractCoreModule } from '../shared/contract-core.module.js';
import { UserSpecResetController } from './user-spec-reset.controller.js';
import { UserSpecController } from './user-spec.controller.js';

@Module({ imports: [ContractCoreModule], controllers: [UserSpecController, UserSpecResetController] })
export class UserSpecModule {}
