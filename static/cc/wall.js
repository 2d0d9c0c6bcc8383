// Loaded by every wall page.
import "./age.js";
import "./cam.js";
import "./tile.js";
import "./scene.js";
import "./sound.js";
import "./kiosk.js";

if (document.querySelector("cc-map")) import("./map.js");
else {
  // A later scene may bring a map.
  const watcher = new MutationObserver(() => {
    if (!document.querySelector("cc-map")) return;
    watcher.disconnect();
    import("./map.js");
  });
  watcher.observe(document.body, { childList: true, subtree: true });
}
