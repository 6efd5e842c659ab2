import type { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';

type Trait = 'onePerAct' | 'outlivesClosing' | 'provesRegistered';

/** The purposes that are declared with a trait. */
export function purposesWith({ purposes }: Catalogue, trait: Trait): readonly ChallengePurpose[] {
  return (Object.keys(purposes) as ChallengePurpose[]).filter((purpose) => purposes[purpose][trait]);
}
