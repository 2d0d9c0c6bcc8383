// The worker of the officers' app. It keeps the shell, which is nobody's, and sends what waits when no page is open.
// No answer to an officer is ever kept here: what he may read offline lies in the page's own store.
importScripts(...self.PETUGAS.senders);
keepShell({
  name: "petugas",
  page: `/petugas/?lang=${LANG}`,
  lists: self.PETUGAS,
  patience: 6000,
  mine: (pathname) => pathname === "/petugas/",
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "petugas-kirim") return;
  event.waitUntil(
    self.petugas.flush().then((done) => {
      if (done.left) throw new Error(done.why); // the browser tries again later
    }),
  );
});
