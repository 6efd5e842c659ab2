import { Module } from '@nestjs/common';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { FactorRegistry } from './factor-registry.service.js';
import { ShownFactors } from './shown-factors.service.js';

/** What every factor is, and which there are. */
@Module({ imports: [AuthenticatorsModule], providers: [FactorRegistry, ShownFactors], exports: [FactorRegistry] })
export class FactorsModule {}
