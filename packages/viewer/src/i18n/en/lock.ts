import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const lock: Translated<Catalogue['lock']> = {
  title: 'The screen is locked',
  text: 'Nobody used this computer for a while. Enter the password to go on exactly where you were; anybody else who signs in starts anew.',
  intro: 'Holds for every screen of the hospital.',
  minutes: 'Lock the screen after (minutes)',
  minutesHint: 'When nobody touches mouse, keys or screen for so long the password is asked for. 0: never.',
  minutesWrong: 'From 0 to {most}.',
  displays: 'The displays of the hospital are fit for primary diagnosis',
  displaysNote:
    'The hospital declares this and answers for it. Until then the viewer says “Images for reference, not for primary diagnosis”.',
};
