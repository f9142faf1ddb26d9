import type { Procedure } from '#modules/cases/index.ts';

/** A question to a person: it lies on a desk until somebody replies, and may be asked again for a while. */
export const enquiry: Procedure = {
  name: 'enquiry',
  version: 1,
  first: 'open',
  moves: [
    { name: 'reply', from: ['open'], to: 'replied', by: 'desk' },
    { name: 'ask-again', from: ['replied'], to: 'open', by: 'party' },
    { name: 'end', from: ['replied'], to: 'ended', by: 'clock' },
  ],
  deadlines: [
    { name: 'reply', in: ['open'], hours: 'fact:replyHours', from: 'entered', source: 'fact:replySource' },
    { name: 'rest', in: ['replied'], hours: 720, from: 'entered', source: 'fact:replySource', move: 'end' },
  ],
  effects: {},
};

/**
 * An objection to what was decided about a parcel: a person of the desk upholds or rejects it with reasons. What the
 * decision did is undone where it was decided, by its reversal.
 */
export const objection: Procedure = {
  name: 'objection',
  version: 1,
  first: 'open',
  moves: [
    { name: 'uphold', from: ['open', 'answered'], to: 'upheld', by: 'desk', purpose: 'clear', decision: true },
    { name: 'reject', from: ['open', 'answered'], to: 'rejected', by: 'desk', purpose: 'clear', decision: true },
    { name: 'ask', from: ['open', 'answered'], to: 'awaiting-answer', by: 'desk', purpose: 'clear' },
    { name: 'answer', from: ['awaiting-answer'], to: 'answered', by: 'party' },
  ],
  deadlines: [
    {
      name: 'decision',
      in: ['open', 'answered'],
      hours: 'fact:decideHours',
      from: 'entered',
      source: 'fact:decideSource',
    },
    {
      name: 'answer',
      in: ['awaiting-answer'],
      hours: 'fact:answerHours',
      from: 'entered',
      source: 'fact:answerSource',
    },
  ],
  effects: {},
};
