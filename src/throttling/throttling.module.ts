import { Global, Module } from '@nestjs/common';
import { LimiterFactory } from './limiter.factory.js';
import { Limits } from './limits.js';
import { ThrottleService } from './throttle.service.js';

@Global()
@Module({ providers: [ThrottleService, LimiterFactory, Limits], exports: [ThrottleService] })
export class ThrottlingModule {}
