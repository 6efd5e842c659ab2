import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { type ConcludeRoute, Concluding } from '../../idempotency/conclude.js';
import { Idempotent } from '../../idempotency/idempotent.js';
import { Settings } from '../../config/settings.js';
import type { Account } from '../../users/account.js';
import { type UserView, toUserView } from '../../users/dto/user.view.js';
import { RegistrationTickets } from '../contacts/registration-tickets.js';
import { RegisterUser } from './dto/register-user.dto.js';
import { RegisteredView, RegistrationAcceptedView } from './dto/registered.view.js';
import { RegistrationService, type TakenBy } from './registration.service.js';
import { AsksForProof } from '../proof-of-work/asks-for-proof.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';
import { ReturnUrls } from '../challenges/return-urls.service.js';

@ApiTags('Auth')
@Controller('v1/auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly tickets: RegistrationTickets,
    private readonly returnUrls: ReturnUrls,
    private readonly proofs: ProofsOfWork,
    private readonly settings: Settings,
  ) {}

  @Post('register')
  @Public()
  @AsksForProof()
  @Idempotent({ ownerOf: (answer) => (answer as UserView | undefined)?.id })
  @ApiOperation({
    operationId: 'registerUser',
    summary: 'Create an account',
    description:
      'Send an e-mail address, a mobile number, or both. The server mails a link and an eight-digit code to the address. Keep the `registrationTicket` and send it with the code: it shows that it was you who registered. If an account registered with the address or number and has not proven it, the server answers `user.email_unproven` or `user.mobile_unproven` and sends a code there, with which its owner takes that account over. A server with `ACCOUNT_PRIVACY=strict` takes one of the two and no username, and answers 202 whether or not it is registered.',
  })
  @ApiCreatedResponse({ type: RegisteredView, description: 'The account; its e-mail address is not verified yet.' })
  @ApiAcceptedResponse({
    type: RegistrationAcceptedView,
    description:
      'With `ACCOUNT_PRIVACY=strict`, for registered and unregistered addresses. The reader of a new address confirms it and can then sign in; the owner of a registered address gets a mail about the attempt. The ticket tells nothing either.',
  })
  @ApiProblem(
    'request.invalid',
    'request.throttled',
    'registration.closed',
    'registration.invitation_required',
    'registration.domain_not_allowed',
    'hook.denied',
    'hook.unavailable',
    'user.email_taken',
    'user.email_unproven',
    'user.username_taken',
    'user.mobile_taken',
    'user.mobile_unproven',
    'proof_of_work.required',
    'proof_of_work.invalid',
    'server.busy',
  )
  async register(
    @Body() body: RegisterUser,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Concluding() conclude: ConcludeRoute,
  ): Promise<RegisteredView | RegistrationAcceptedView> {
    await this.proofs.demand('registration', [body.email, body.mobile], caller);
    const registration = { ...body, returnTo: this.returnUrls.check(body.returnTo) };
    // Written once, so that a repeated request is answered with the same one.
    let registrationTicket = '';
    if (this.settings.ACCOUNT_PRIVACY === 'strict') {
      void reply.status(202);
      const toAccepted = (outcome: Account | TakenBy): RegistrationAcceptedView => {
        registrationTicket ||= 'takenBy' in outcome ? this.tickets.decoy(outcome.takenBy) : this.tickets.of(outcome);
        return { registrationTicket };
      };
      return toAccepted(await this.registration.registerPrivately(registration, caller, (act) => conclude(act, toAccepted)));
    }
    const toRegistered = (account: Account): RegisteredView => {
      registrationTicket ||= this.tickets.of(account);
      return { ...toUserView(account), registrationTicket };
    };
    return toRegistered(await this.registration.register(registration, caller, CORE_CLIENT_ID, (act) => conclude(act, toRegistered)));
  }
}
