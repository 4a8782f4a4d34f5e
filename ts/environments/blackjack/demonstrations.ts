import { z } from "zod";
import type { RandomStream } from "../../random.ts";
import { type Card, cardName } from "../cards/card.ts";
import type { Demonstration } from "../environment.ts";
import { blackjackFrame } from "./frame.ts";
import {
  type BlackjackAction,
  type BlackjackState,
  cardValue,
  countHand,
  deal,
  drawCard,
  type HandCount,
  isOver,
  play,
} from "./rules.ts";
import { basicStrategy } from "./strategy.ts";

const share = z.number().min(0).max(1);

/** How far from basic strategy the demonstrator is. All 0 follows it. */
export const demonstrationQuality = z.strictObject({
  misplayRate: share.default(0.2).describe("Share of decisions that are the opposite of basic strategy's."),
  malformedRate: share.default(0.02).describe("Share of utterances that are not what the prompt asks for."),
});
export type DemonstrationQuality = z.output<typeof demonstrationQuality>;

/** What thoughts speak of. */
interface Situation extends HandCount {
  readonly player: readonly Card[];
  /** The dealer's open card. */
  readonly shown: Card;
}

/** Every decision of games that the demonstrator plays one after the other, misplays and all. */
export function* demonstrate(
  count: number,
  random: RandomStream,
  prompt: string,
  quality: DemonstrationQuality,
): Generator<Demonstration> {
  const draw = () => drawCard(random);
  let state = deal(draw);
  for (let number = 0; number < count; number++) {
    if (isOver(state)) state = deal(draw);
    const situation = situationOf(state);
    const best = basicStrategy(situation, cardValue(situation.shown));
    const action = random.float() < quality.misplayRate ? opposite(best) : best;
    const wellFormed = `{"thoughts": "${random.pick(THOUGHTS)(situation)}", "action": "${action}"}`;
    const utterance = random.float() < quality.malformedRate ? random.pick(MALFORMATIONS)(wellFormed) : wellFormed;
    yield { observation: { prompt, image: blackjackFrame(state) }, utterance };
    state = play(state, action, draw).state;
  }
}

function situationOf({ player, dealer }: BlackjackState): Situation {
  const [shown] = dealer;
  if (shown === undefined) throw new RangeError("the dealer has no card");
  return { ...countHand(player), player, shown };
}

function opposite(action: BlackjackAction): BlackjackAction {
  return action === "hit" ? "stand" : "hit";
}

/** As on the card. */
function rankOf(card: Card): string {
  return card.rank === 10 ? "10" : cardName(card).charAt(1);
}

/** They count the hand and read the dealer's card, and never name the action. */
const THOUGHTS: readonly ((situation: Situation) => string)[] = [
  ({ total, shown }) => `My cards count ${total} and the dealer shows ${rankOf(shown)}.`,
  ({ total, isSoft, shown }) => `A ${isSoft ? "soft" : "hard"} ${total} against ${rankOf(shown)}.`,
  ({ player, total }) => `I have ${player.map(rankOf).join(", ")}, which makes ${total}.`,
  ({ total, isSoft }) => `With ${total} one more card ${isSoft || total <= 11 ? "cannot" : "could"} take me past 21.`,
  ({ total, shown }) => `The dealer's ${rankOf(shown)} is ${isWeak(shown) ? "weak" : "strong"}, and I have ${total}.`,
  ({ total }) => `I am ${total >= 17 ? "close to" : "far from"} 21 with ${total}.`,
];

function isWeak(shown: Card): boolean {
  return shown.rank >= 2 && shown.rank <= 6;
}

const MALFORMATIONS: readonly ((wellFormed: string) => string)[] = [
  (wellFormed) => wellFormed.slice(0, -1),
  (wellFormed) => wellFormed.replace('"action": ', ""),
  (wellFormed) => wellFormed.replace(/"(stand|hit)"\}$/, '"stand or hit"}'),
  (wellFormed) => wellFormed.replace('"thoughts": "', '"thoughts": '),
];
