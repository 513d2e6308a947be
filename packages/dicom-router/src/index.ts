export type { AeConfig, AePermission, Deposit, DepositFile, DepositOutcome, Router } from './router.ts';
