import { ApiProperty } from '@nestjs/swagger';
import { UserView } from '../../../users/dto/user.view.js';
import { REGISTRATION_TICKET } from '../../contacts/dto/registration-ticket.js';

const TICKET = {
  description:
    'Send it as `ticket` with the mailed code: it shows that it was you who registered. Valid for 30 minutes; useless without the code.',
  example: REGISTRATION_TICKET,
};

export class RegisteredView extends UserView {
  @ApiProperty(TICKET)
  registrationTicket!: string;
}

export class RegistrationAcceptedView {
  @ApiProperty(TICKET)
  registrationTicket!: string;
}
