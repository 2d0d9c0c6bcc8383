// A page inside a frame of ours drops its own header and navigation before it is drawn (see split.js).
if (window.parent !== window) document.documentElement.dataset.framed = "";
