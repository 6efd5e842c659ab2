import { ApiHeader } from '@nestjs/swagger';

/** Documents the header of a route that may ask for a proof of work; `@ApiProblem` names the two codes. */
export function AsksForProof(): MethodDecorator {
  return ApiHeader({
    name: 'Proof-Of-Work',
    required: false,
    description:
      'After `proof_of_work.required`: base64 of the JSON `{"challenge": …, "solution": {"counter": …, "derivedKey": …}}`, as libraries of ALTCHA 2 make it. Each proof works once.',
    example: 'eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6e319fQ==',
  });
}
