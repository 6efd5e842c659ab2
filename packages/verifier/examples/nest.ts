import { Controller, Delete, Get, HttpCode, Module, UseGuards } from '@nestjs/common';
// In your own backend: from '@latchkey/verifier' and '@latchkey/verifier/nest'.
import type { AccessTokenClaims, Verifier } from '../src/index.js';
import { Claims, tokenGuard } from '../src/nest.js';

/** A module whose notes are for people who are signed in to Latchkey. */
export function createNotesModule(verifier: Verifier) {
  @Controller('notes')
  @UseGuards(tokenGuard(verifier))
  class NotesController {
    @Get()
    list(@Claims() claims: AccessTokenClaims) {
      return { owner: claims.sub };
    }

    @Delete()
    @HttpCode(204)
    @UseGuards(tokenGuard(verifier, { role: 'admin' }))
    empty(): void {}
  }

  @Module({ controllers: [NotesController] })
  class NotesModule {}
  return NotesModule;
}
