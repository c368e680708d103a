declare module 'email-providers' {
  /** Domains at which anyone can have an email address. */
  const domains: string[];
  export default domains;
}
