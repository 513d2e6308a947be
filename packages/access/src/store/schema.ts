import { addAccount, changeAccount, changePassword, removeAccount } from './accounts.ts';
import { beginAttempt, endAttempt } from './attempts.ts';
import { appendAudit } from './audit.ts';
import { addToken, endSession, removeToken, startSession, touchSession, touchToken } from './credentials.ts';
import { addFacility, applyFacilities, changeFacility, seedFacilities } from './facilities.ts';
import { putAccountSetting, putHospitalSetting } from './settings.ts';
import { putSetupLink, setFirstAdministrator, useSetupLink } from './setup.ts';

export { migrations } from './migrations.ts';

/** What the writer's thread can do: it imports this module by its URL. */
export const procedures: {
  readonly addAccount: typeof addAccount;
  readonly addFacility: typeof addFacility;
  readonly addToken: typeof addToken;
  readonly appendAudit: typeof appendAudit;
  readonly applyFacilities: typeof applyFacilities;
  readonly beginAttempt: typeof beginAttempt;
  readonly endAttempt: typeof endAttempt;
  readonly changeAccount: typeof changeAccount;
  readonly changeFacility: typeof changeFacility;
  readonly changePassword: typeof changePassword;
  readonly endSession: typeof endSession;
  readonly putAccountSetting: typeof putAccountSetting;
  readonly putHospitalSetting: typeof putHospitalSetting;
  readonly putSetupLink: typeof putSetupLink;
  readonly removeAccount: typeof removeAccount;
  readonly removeToken: typeof removeToken;
  readonly seedFacilities: typeof seedFacilities;
  readonly setFirstAdministrator: typeof setFirstAdministrator;
  readonly startSession: typeof startSession;
  readonly touchSession: typeof touchSession;
  readonly touchToken: typeof touchToken;
  readonly useSetupLink: typeof useSetupLink;
} = {
  addAccount,
  addFacility,
  addToken,
  appendAudit,
  applyFacilities,
  beginAttempt,
  endAttempt,
  changeAccount,
  changeFacility,
  changePassword,
  endSession,
  putAccountSetting,
  putHospitalSetting,
  putSetupLink,
  removeAccount,
  removeToken,
  seedFacilities,
  setFirstAdministrator,
  startSession,
  touchSession,
  touchToken,
  useSetupLink,
};
