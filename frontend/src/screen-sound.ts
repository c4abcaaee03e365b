/** Voice, chime and wakefulness of the browser, each as far as this browser has it. */
import type { Mouth } from "./screen-voice";

const LONGEST_SENTENCE_MS = 15_000;
const NOTES = [659.25, 523.25]; // e'' c'': the two tones that everybody knows from waiting rooms
const NOTE_S = 0.45;

type Ears = Window & typeof globalThis;

/** A browser plays nothing until somebody has touched the page once, unless it was started for that: then ask for it. */
export class Unlock {
  private context: AudioContext | null = null;

  constructor(private readonly doc: Document) {}

  get audio(): AudioContext | null {
    const Context = (this.doc.defaultView as Ears | null)?.AudioContext;
    if (!this.context && Context) {
      this.context = new Context();
      this.context.addEventListener("statechange", () => this.show());
    }
    return this.context;
  }

  install(): void {
    for (const name of ["pointerdown", "keydown"]) this.doc.addEventListener(name, () => void this.audio?.resume().then(() => this.show()));
    void this.audio?.resume().catch(() => undefined);
    this.show();
  }

  private show(): void {
    const button = this.doc.querySelector<HTMLElement>("[data-sound]");
    if (button) button.hidden = this.context?.state === "running" || !this.doc.querySelector("[data-voice]");
  }
}

export class Speaker implements Mouth {
  // a browser forgets what it is saying when nothing else holds on to it
  private readonly saying = new Set<SpeechSynthesisUtterance>();

  constructor(
    private readonly view: Ears,
    private readonly unlock: Unlock,
  ) {}

  async chime(): Promise<void> {
    const audio = this.unlock.audio;
    if (!audio || audio.state !== "running") return;
    const begin = audio.currentTime + 0.02;
    NOTES.forEach((pitch, turn) => {
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      const from = begin + turn * NOTE_S;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, from);
      loudness.gain.exponentialRampToValueAtTime(0.5, from + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, from + NOTE_S * 1.8);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + NOTE_S * 2);
    });
    await new Promise((over) => this.view.setTimeout(over, (NOTES.length + 0.6) * NOTE_S * 1000));
  }

  say(words: string, language: "zh-CN" | "en-US"): Promise<boolean> {
    const engine = this.view.speechSynthesis;
    const voice = engine?.getVoices().find((one) => one.lang.replace("_", "-").toLowerCase().startsWith(language.slice(0, 2)));
    if (!engine || !voice) return Promise.resolve(false);
    return new Promise((over) => {
      const sentence = new this.view.SpeechSynthesisUtterance(words);
      const tooLong = this.view.setTimeout(() => {
        engine.cancel();
        end(false);
      }, LONGEST_SENTENCE_MS);
      const end = (isHeard: boolean): void => {
        this.view.clearTimeout(tooLong);
        this.saying.delete(sentence);
        over(isHeard);
      };
      sentence.lang = language;
      sentence.voice = voice;
      sentence.rate = 0.9;
      sentence.onend = () => end(true);
      sentence.onerror = () => end(false);
      this.saying.add(sentence);
      engine.speak(sentence);
    });
  }
}

/** Keep the television on, where the browser allows it; asked again when the page comes back into view. */
export function stayAwake(doc: Document): void {
  const ask = (): void => {
    if (doc.visibilityState === "visible") void doc.defaultView?.navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  doc.addEventListener("visibilitychange", ask);
  ask();
}
