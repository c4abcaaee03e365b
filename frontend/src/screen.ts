/**
 * The screen in the waiting room: nobody sits in front of it, for weeks. It asks for changes every two seconds, says when it
 * has lost the connection, never shows an old call as a new one, reads calls out, and loads itself anew when the clinic's
 * server has a new version. A bundle of its own: nothing else of the house is loaded.
 */
import * as sound from "./screen-sound";
import { Announcer } from "./screen-voice";
import { Watcher } from "./screen-watch";

const body = document.body;
if (body.dataset.screen !== undefined) {
  const unlock = new sound.Unlock(document);
  const announcer = new Announcer(new sound.Speaker(window, unlock), {
    repeat: Number(body.dataset.repeat) || 1,
    speech: body.dataset.speech ?? "both",
    youngerThan: Number(body.dataset.spokenFor) * 1000,
  });
  unlock.install();
  new Watcher(document, announcer, { reload: () => location.reload() }).start();
  sound.stayAwake(document);
}
