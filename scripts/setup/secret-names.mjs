/** The Worker's secrets. They reach it by private file alone: no child gets them in its environment. */
export const secretNames = [
  "MINARA_API_KEY",
  "MINARA_API_KEY_NEXT",
  "SESSION_SECRET",
  "SESSION_SECRET_PREVIOUS",
  "TURNSTILE_SECRET",
  "ADMIN_TOKEN",
  "CLIENT_TOKENS",
];

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutSecrets(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secretNames.includes(name)));
}
