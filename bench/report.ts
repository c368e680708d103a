/** Formats a figure. */
export type Unit = (value: number) => string;

export const ms: Unit = (value) => `${value.toFixed(1)} ms`;
export const seconds: Unit = (value) => `${(value / 1000).toFixed(1)} s`;
export const mb: Unit = (value) => `${value.toFixed(0)} MB`;
export const ratio: Unit = (value) => value.toFixed(2);
export const percent: Unit = (value) => `${(value * 100).toFixed(1)} %`;
export const whole: Unit = (value) => value.toLocaleString('en', { maximumFractionDigits: 0 });

interface Goal {
  what: string;
  figure: string;
  isMet: boolean;
  /** Why it is missed, if that is known. */
  why: string | undefined;
}

/** What a run has measured: goals with verdicts, comparisons, and other sections. */
export class Report {
  readonly #goals: Goal[] = [];
  readonly #comparisons: string[][] = [];
  readonly #sections: string[] = [];

  /** Adds a goal: the value must be at most the limit. @param why the reason if it is missed */
  goal(what: string, value: number, limit: number, unit: Unit, why?: string): void {
    const goal = {
      what: `${what}: at most ${unit(limit)}`,
      figure: unit(value),
      isMet: value <= limit,
      why,
    };
    this.#goals.push(goal);
    console.log([goal.what, goal.figure, verdict(goal)].join(' | '));
  }

  /** Adds a line of the table of comparisons. */
  compare(what: string, bot: string, against: string, value?: number): void {
    const columns = [what, bot, against, value === undefined ? '' : ratio(value)];
    this.#comparisons.push(columns);
    console.log(columns.join(' | '));
  }

  /** Adds a section after the tables. */
  section(title: string, lines: string[]): void {
    this.#sections.push(`## ${title}`, '', ...lines, '');
    console.log([title, ...lines].join('\n'));
  }

  /** The goals as a table, without Markdown. */
  get goals(): { goal: string; figure: string; verdict: string }[] {
    return this.#goals.map((goal) => ({ goal: goal.what, figure: goal.figure, verdict: verdict(goal) }));
  }

  /** Everything, in Markdown. */
  get markdown(): string[] {
    const missed = this.#goals.filter(({ isMet, why }) => !isMet && why !== undefined);
    return [
      '## Goals',
      '',
      ...table(
        ['goal', 'figure', 'verdict'],
        this.goals.map(({ goal, figure, verdict }) => [
          goal,
          figure,
          verdict === MISSED ? `**${MISSED}**` : verdict,
        ]),
      ),
      '',
      ...missed.flatMap(({ what, why }) => [`- ${what}. Missed: ${why}`]),
      ...(missed.length > 0 ? [''] : []),
      '## Comparisons',
      '',
      ...table(['measurement', 'the bot', 'compared with', 'ratio'], this.#comparisons),
      '',
      ...this.#sections,
    ];
  }
}

const MISSED = 'missed';

const verdict = ({ isMet }: Goal) => (isMet ? 'met' : MISSED);

/** A table in Markdown. */
export const table = (head: string[], body: (string | number)[][]) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...body.map((columns) => `| ${columns.join(' | ')} |`),
];
