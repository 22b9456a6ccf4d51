import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contender, Place } from './contender.ts';
import type { Answer, Order, Spent } from './saver.ts';
import type { Work } from './work.ts';

const PROGRAM = fileURLToPath(new URL('./saver.ts', import.meta.url));

/** What is to be prepared. */
export interface Task {
  readonly work: Work;
  readonly turn: number;
  /** How many fields of each card. Default 2. */
  readonly fields?: 1 | 2;
}

/** A contender in a process of its own. */
export class SaverProcess {
  readonly contender: Contender;
  readonly #process: ChildProcess;

  private constructor(contender: Contender) {
    this.contender = contender;
    // What the other libraries should do otherwise is not ours to print; and while others have their turns, no code is forgotten
    // that a server at work would keep compiled.
    this.#process = fork(PROGRAM, { execArgv: ['--no-deprecation', '--no-flush-bytecode'] });
  }

  static async start(contender: Contender, place: Place): Promise<SaverProcess> {
    const saver = new SaverProcess(contender);
    await saver.#ask({ order: 'open', contender: contender.name, place });
    return saver;
  }

  /** Loads and changes cards, and answers with how many; begins to number, where the contender does so meanwhile. */
  async prepare({ work, turn, fields = 2 }: Task): Promise<number> {
    return (await this.#ask({ order: 'prepare', work, turn, fields, numbered: this.contender.numbered })) as number;
  }

  /** Saves what was prepared. */
  async save(): Promise<Spent> {
    return (await this.#ask({ order: 'save' })) as Spent;
  }

  /** Has numbered what was told, and ends that; answers with the milliseconds that it took. */
  async settle(): Promise<number> {
    return (await this.#ask({ order: 'settle' })) as number;
  }

  /** Its connections end with it; its database is thrown away. */
  end(): void {
    this.#process.kill();
  }

  #ask(order: Order): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const failed = (problem: string) => reject(new Error(`${this.contender.name} could not ${order.order}: ${problem}`));
    const ended = () => failed('its process ended');
    const answered = (answer: Answer) => {
      this.#process.off('exit', ended);
      if ('problem' in answer) failed(answer.problem);
      else resolve(answer.result);
    };
    this.#process.once('exit', ended).once('message', answered);
    this.#process.send(order);
    return promise;
  }
}
