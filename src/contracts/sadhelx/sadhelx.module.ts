import { Module } from '@nestjs/common';
import { ContractCoreModule } from '../shared/contract-core.module.js';
import { RootPicturesModule } from '../shared/root-pictures.module.js';
import { SadhelxAuthController } from './sadhelx-auth.controller.js';
import { SadhelxAvatarController } from './sadhelx-avatar.controller.js';
import { SadhelxCodesController } from './sadhelx-codes.controller.js';

@Module({
  imports: [ContractCoreModule, RootPicturesModule],
  controllers: [SadhelxAuthController, SadhelxCodesController, SadhelxAvatarController],
})
export class SadhelxModule {}
