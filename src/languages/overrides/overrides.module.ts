import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KnownTranslations } from './known-translations.service.js';
import { StoredTranslation } from './translation.entity.js';
import { TranslationsController } from './translations.controller.js';
import { TranslationsRepository } from './translations.repository.js';
import { TranslationsService } from './translations.service.js';

/** Texts of an operator's own, changed over the API. */
@Module({
  imports: [TypeOrmModule.forFeature([StoredTranslation])],
  controllers: [TranslationsController],
  providers: [KnownTranslations, TranslationsRepository, TranslationsService],
})
export class OverridesModule {}
