import { DockerfileParser, type Instruction, type JSONInstruction } from 'dockerfile-ast';

/** One instruction, such as `COPY --from=build /app/dist ./dist`. */
interface Step {
  keyword: string;
  flags: Record<string, string>;
  /** Everything after the flags. */
  text: string;
  /** The words of the text, or the strings of a JSON array. */
  args: string[];
}

/** A stage: everything from one FROM to the next. */
export interface Stage {
  /** Empty if it has none. */
  name: string;
  image: string;
  platform: string | undefined;
  steps: Step[];
}

/** Reads the stages of a Dockerfile. */
export function readStages(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const step of DockerfileParser.parse(text).getInstructions().map(toStep)) {
    if (step.keyword === 'FROM') {
      const [image = '', , name = ''] = step.args;
      stages.push({ name, image, platform: step.flags.platform, steps: [] });
    } else stages.at(-1)?.steps.push(step);
  }
  return stages;
}

function toStep(instruction: Instruction): Step {
  const flags = 'getFlags' in instruction ? (instruction as JSONInstruction).getFlags() : [];
  const words = instruction.getArguments().map((argument) => argument.getValue());
  const text = instruction.getArgumentsContent() ?? '';
  const json = /\[.*\]$/s.exec(text)?.[0];
  return {
    keyword: instruction.getKeyword(),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    text,
    args: json ? JSON.parse(json) : words,
  };
}

/** The instructions of one kind. */
export const stepsOf = ({ steps }: Stage, keyword: string) =>
  steps.filter((step) => step.keyword === keyword);

/** The environment variables that a stage sets. */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = stepsOf(stage, 'ENV').flatMap(({ text }) => [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)]);
  return Object.fromEntries(pairs.map(([, name = '', quoted, word = '']) => [name, quoted ?? word]));
}

/** The paths that a .dockerignore includes, if it excludes everything else. @throws if it has another form */
export function allowedPaths(dockerignore: string): string[] {
  const [all, ...lines] = dockerignore.split('\n').filter((line) => line && !line.startsWith('#'));
  if (all !== '*' || !lines.every((line) => /^![\w./-]+$/.test(line))) {
    throw new Error('.dockerignore must exclude everything, and then list what it includes');
  }
  return lines.map((line) => line.slice(1));
}
