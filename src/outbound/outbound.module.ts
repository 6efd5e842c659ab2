import { Module } from '@nestjs/common';
import { Outbound } from './outbound.service.js';

/** Requests to servers that others name. */
@Module({ providers: [Outbound], exports: [Outbound] })
export class OutboundModule {}
