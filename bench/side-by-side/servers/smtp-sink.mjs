// Accepts every mail and counts them.
import { SMTPServer } from 'smtp-server';

let received = 0;
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  logger: false,
  disableReverseLookup: true,
  onData(stream, _session, done) {
    stream.resume();
    stream.on('end', () => {
      received += 1;
      done();
    });
  },
});
server.on('error', () => {});
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send({ listening: true }));
process.on('message', (question) => {
  if (question === 'received') process.send({ received });
});
