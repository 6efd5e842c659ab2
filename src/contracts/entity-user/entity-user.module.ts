import { Module } from '@nestjs/common';
import { ContractCoreModule } from '../shared/contract-core.module.js';
import { RootPicturesModule } from '../shared/root-pictures.module.js';
import { EntityUserAuthController } from './entity-user-auth.controller.js';
import { EntityUserController } from './entity-user.controller.js';

@Module({ imports: [ContractCoreModule, RootPicturesModule], controllers: [EntityUserAuthController, EntityUserController] })
export class EntityUserModule {}
