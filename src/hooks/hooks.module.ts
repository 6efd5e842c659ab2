import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { HookRequests } from './hook-requests.service.js';
import { Hooks } from './hooks.service.js';

/** Services of the operator that are asked before somebody gets an account or a token. */
@Module({ imports: [MetricsModule, OutboundModule], providers: [HookRequests, Hooks], exports: [Hooks] })
export class HooksModule {}
