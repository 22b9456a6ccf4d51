import { everything } from '@countersign/api/countersign';
import type { Route } from '@countersign/api/rest/route';
import { type Cell, type Door, standingsOf, unseenBy } from './cells.ts';
import { type Answer, bearer, type OpenSocket, openSocket, overHttp, overRest } from './doors.ts';
import { EXAMPLES } from './examples.ts';
import { type Persona, SECRET_OF_THE_STOCK, type Stage } from './stage.ts';

/** Somebody with a websocket of theirs, and what they must never be shown. */
export interface Caller {
  readonly persona: Persona;
  readonly socket: OpenSocket;
  readonly unseen: readonly string[];
}

type Input = Readonly<Record<string, unknown>>;

const KINDS = new Map(
  everything.map(({ name, kind }) => [name as string, kind === 'command' ? ('mutation' as const) : ('query' as const)]),
);

/** Whether it is called, and not followed. */
export const isCalled = (name: string): boolean => KINDS.has(name);

/** Calls what the stage's house serves, by whatever way. */
export class Calling {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get #routes(): readonly Route[] {
    return this.#stage.home.serves.everyRoute;
  }

  doorsTo(name: string): Door[] {
    const hasRoute = this.#routes.some((route) => route.name === name);
    return [...(isCalled(name) ? (['http', 'socket'] as const) : []), ...(hasRoute ? (['rest'] as const) : [])];
  }

  through(door: Door, { persona, socket }: Pick<Caller, 'persona' | 'socket'>, name: string, input: Input): Promise<Answer> {
    const asked = { name, kind: KINDS.get(name) ?? 'query', input };
    if (door === 'socket') return socket.call(asked);
    const { url } = this.#stage.home;
    return door === 'http' ? overHttp(url, persona.token, asked) : this.#overRoute(persona.token, name, input);
  }

  async #overRoute(token: string | null, name: string, input: Input): Promise<Answer> {
    const { url } = this.#stage.home;
    const route = this.#routes.find((one) => one.name === name) as Route;
    if (route.file?.taken === undefined) return overRest(url, token, route, input);
    const headers = { ...bearer(token), 'content-type': route.file.taken };
    const answer = await fetch(`${url}${route.path}`, { method: route.method, headers, body: 'Email,Date,Clock In,Clock Out\n' });
    return { status: answer.status, text: await answer.text() };
  }

  /**
   * Every example in every standing. Where there are several standings they take the ways in turns, unless `whole`, so that each role takes
   * each way to each procedure, and each standing is met on each way: which procedure runs, and for whom, is decided behind all of them.
   */
  *cellsOf(persona: Persona, { whole = false }: { readonly whole?: boolean } = {}): Generator<Cell> {
    const turn = this.#stage.personas.indexOf(persona);
    for (const [name, examples] of Object.entries(EXAMPLES))
      for (const [which, example] of Object.entries(examples))
        for (const [n, standing] of standingsOf(example).entries()) {
          const doors = this.doorsTo(name);
          const taken = whole || standing === null ? doors : doors.slice((turn + n) % doors.length).slice(0, 1);
          for (const door of taken) yield { name, which, example, persona, standing, door };
        }
  }

  async asEach(work: (caller: Caller) => Promise<void>, personas: readonly Persona[] = this.#stage.personas): Promise<void> {
    await Promise.all(
      personas.map(async (persona) => {
        const socket = await openSocket(this.#stage.home.url, persona.token);
        try {
          await work({ persona, socket, unseen: unseenBy(this.#stage, persona, SECRET_OF_THE_STOCK) });
        } finally {
          socket.close();
        }
      }),
    );
  }
}
