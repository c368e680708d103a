import { mb, ms, percent, type Report, ratio, table, whole } from './report.ts';
import { heapSpread, type SoakPoint, soak } from './soak.ts';
import { type Links, median, NODE_OPTIONS, type World } from './world.ts';

const TICKETS = Number(process.env.BENCH_SOAK ?? 1_200);
const POINTS = 6;

/** Measured once, on 2026-11-27, with `BENCH_SOAK=5000`: too long for each run. */
const LONG_SOAK =
  'A soak of 5,000 tickets, measured once, on 2026-11-27: 154 MB resident at the end, 159 MB at most. The heap varied by ' +
  '1.3 % over the second half, between 39.0 and 39.5 MB. `BENCH_SOAK=5000 npm run bench -- soak` repeats it.';

/** Runs the soak with the heap limit, and without. */
export async function measureSoak(world: World, links: Links, report: Report): Promise<void> {
  const { curves, singleMs } = await soak(world, links, { tickets: TICKETS, points: POINTS });
  const { limited, unlimited, collected } = curves;
  const [last, lastUnlimited] = [limited.at(-1), unlimited.at(-1)];
  if (!last || !lastUnlimited) throw new Error('The soak has no points');
  // The first tickets compile the code.
  const typical = (curve: SoakPoint[], key: 'rate' | 'linkMs') =>
    median(curve.slice(Math.ceil(curve.length / 2)).map((point) => point[key]));
  const rates = { limited: typical(limited, 'rate'), unlimited: typical(unlimited, 'rate') };
  const times = { limited: typical(limited, 'linkMs'), unlimited: typical(unlimited, 'linkMs') };
  const without = 'without the heap limit';
  const perSecond = (value: number) => `${value.toFixed(1)} tickets/s`;
  report.compare(
    `Soak: resident memory after ${whole(TICKETS)} tickets`,
    mb(last.residentMb),
    `${without}: ${mb(lastUnlimited.residentMb)}`,
    last.residentMb / lastUnlimited.residentMb,
  );
  report.compare(
    'Soak: throughput, 8 people together',
    perSecond(rates.limited),
    `${without}: ${perSecond(rates.unlimited)}`,
    rates.limited / rates.unlimited,
  );
  report.compare(
    'Soak: submission to link, 8 people together (median)',
    ms(times.limited),
    `${without}: ${ms(times.unlimited)}`,
    times.limited / times.unlimited,
  );
  report.compare(
    'Soak: submission to link, one person at a time (median)',
    ms(singleMs.limited),
    `${without}: ${ms(singleMs.unlimited)}`,
    singleMs.limited / singleMs.unlimited,
  );
  report.goal(`Soak: resident memory after ${whole(TICKETS)} tickets`, last.residentMb, 160, mb);
  report.goal('Soak: growth of the heap over the second half', heapSpread(collected), 0.02, percent);
  report.goal(
    'Soak: time of a link, of that without the heap limit',
    singleMs.limited / singleMs.unlimited,
    1.05,
    ratio,
  );
  report.goal(
    'Soak: the same with 8 people together, all the time',
    times.limited / times.unlimited,
    1.05,
    ratio,
    'The process is busy all the time here, and a smaller heap is collected more often. Auth0’s rate limit allows far fewer links than this.',
  );
  report.section('Soak', [
    `${whole(last.commands)} commands and ${whole(last.tickets)} tickets in each of three processes that take turns: one with`,
    `\`${NODE_OPTIONS}\`, one without, and one with it that collects all garbage at each line of`,
    'the table. “Heap” is what it holds then, and “outside” what JavaScript holds outside of the heap.',
    '',
    LONG_SOAK,
    '',
    ...table(
      ['tickets', 'resident', 'without limit', 'tickets/s', 'without limit', 'heap', 'outside'],
      limited.slice(1).map((point, index) => {
        const [other, held] = [unlimited[index + 1], collected[index + 1]];
        return [
          whole(point.tickets),
          mb(point.residentMb),
          mb(other?.residentMb ?? Number.NaN),
          point.rate.toFixed(1),
          other?.rate.toFixed(1) ?? '',
          `${held?.heapMb.toFixed(1)} MB`,
          `${held?.externalMb.toFixed(1)} MB`,
        ];
      }),
    ),
  ]);
}
