/** One line of the doctor's report. If something is wrong, the line says what to do. */
export interface Check {
  ok: boolean;
  line: string;
}

export const passed = (line: string): Check => ({ ok: true, line });
export const failed = (line: string): Check => ({ ok: false, line });

export const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
