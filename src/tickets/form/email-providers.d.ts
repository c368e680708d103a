declare module 'email-providers' {
  /** Domains at which anybody can have a mail address. */
  const domains: string[];
  export default domains;
}
