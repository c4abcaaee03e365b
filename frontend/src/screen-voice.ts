/**
 * Reads calls out, one after the other: chime, Chinese, English, as often as the clinic wants. Where the browser has no voice
 * for a language the chime alone calls, twice as long. What is no longer true when its turn comes is not said.
 */

export interface Said {
  key: string;
  /** When the patient was called, on the server's clock, in milliseconds. */
  at: number;
  zh: string;
  en: string;
}

export interface Mouth {
  /** Ring; resolves when it is over. */
  chime(): Promise<void>;
  /** Say the words; resolves to whether somebody heard them. */
  say(words: string, language: "zh-CN" | "en-US"): Promise<boolean>;
}

export interface Manner {
  repeat: number;
  /** "zh", "en" or "both". */
  speech: string;
  youngerThan: number;
}

export class Announcer {
  private readonly waiting: Said[] = [];
  private readonly offered = new Set<string>();
  private open = new Set<string>();
  private isSpeaking = false;
  /** The server's clock, set by who knows it. */
  now: () => number = Date.now;

  constructor(
    private readonly mouth: Mouth,
    private readonly manner: Manner,
  ) {}

  /** Tell which calls stand on the screen now. New ones are read out, in the order in which they were called. */
  async offer(calls: Said[], isSilent = false): Promise<void> {
    this.open = new Set(calls.map((call) => call.key));
    const fresh = calls.filter((call) => !this.offered.has(call.key)).sort((one, other) => one.at - other.at);
    for (const call of fresh) {
      this.offered.add(call.key);
      if (!isSilent && this.isStillTrue(call)) this.waiting.push(call);
    }
    for (const key of this.offered) if (!this.open.has(key)) this.offered.delete(key);
    if (!this.isSpeaking) await this.speak();
  }

  private isStillTrue(call: Said): boolean {
    return this.open.has(call.key) && this.now() - call.at < this.manner.youngerThan;
  }

  private async speak(): Promise<void> {
    this.isSpeaking = true;
    try {
      for (let call = this.waiting.shift(); call; call = this.waiting.shift()) if (this.isStillTrue(call)) await this.call(call);
    } finally {
      this.isSpeaking = false;
    }
  }

  private async call(call: Said): Promise<void> {
    await this.mouth.chime();
    let isHeard = false;
    for (let turn = 0; turn < this.manner.repeat && this.open.has(call.key); turn += 1) {
      if (this.manner.speech !== "en" && call.zh) isHeard = (await this.mouth.say(call.zh, "zh-CN")) || isHeard;
      if (this.manner.speech !== "zh" && call.en) isHeard = (await this.mouth.say(call.en, "en-US")) || isHeard;
      if (!isHeard) break;
    }
    if (!isHeard) await this.mouth.chime();
  }
}
