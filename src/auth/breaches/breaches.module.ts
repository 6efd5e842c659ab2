import { Module } from '@nestjs/common';
import { BreachListStart } from './breach-list-start.service.js';

/** Passwords that became known in data breaches. The lists belong to the process: the rules of fields, too, look into them. */
@Module({ providers: [BreachListStart] })
export class BreachesModule {}
