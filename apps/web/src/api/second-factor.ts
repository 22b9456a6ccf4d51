import { rest, type SecondStep, type SignedIn } from './session.ts';

/** How the reader's own stands. */
export interface FactorView {
  /** Null where there is none. */
  readonly set_up_at: string | null;
  readonly codes_left: number;
  /** Whether their role needs one: then it can be renewed, and not removed. */
  readonly required: boolean;
}

/** A secret for an authenticator app, which counts once a code confirms it. */
export interface OfferView {
  readonly secret: string;
  /** What the QR code says. */
  readonly address: string;
  readonly offer: string;
}

export interface CodesView {
  readonly recovery_codes: readonly string[];
}

const PATH = '/api/auth/second-factor';
const post = <Answer>(path: string, body: object): Promise<Answer> => rest(path, { method: 'POST', body: JSON.stringify(body) });

/** The second step of signing in. @throws Problem `UNAUTHORIZED` for a wrong code, `NOT_FOUND` where the first one has to be taken again. */
export const confirmSignIn = (code: string): Promise<{ readonly user: SignedIn | null; readonly second_step: SecondStep | null }> =>
  post('/api/auth/sign-in/code', { code });

export const giveUpSignIn = (): Promise<unknown> => post('/api/auth/sign-in/give-up', {});

export const ownFactor = (signal: AbortSignal): Promise<FactorView> => rest(PATH, { signal });

export const offerFactor = (): Promise<OfferView> => post(`${PATH}/offer`, {});

/** By what somebody who is signed in shows again that it is them. */
export type ProofInput = { readonly password: string } | { readonly code: string };

/** `proof` where another one stands already, or somebody has signed in some time ago. @throws Problem that names the field. */
export const setUpFactor = (
  given: { readonly offer: string; readonly confirmation: string },
  proof: ProofInput | null,
): Promise<CodesView> => post(PATH, { ...given, ...proof });

export const renewCodes = (proof: ProofInput): Promise<CodesView> => post(`${PATH}/recovery-codes`, proof);

export const removeFactor = (proof: ProofInput): Promise<unknown> => post(`${PATH}/remove`, proof);
