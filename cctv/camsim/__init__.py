"""Simulated cameras: a real RTSP and HTTP server that plays loops drawn beforehand.

It feeds the demo city and is the rig of every test that needs a camera. It runs in a
process of its own (``python -m cctv.camsim``) and imports neither Django nor, while
serving, any picture library: loops are drawn and encoded at set-up, then only sent.
"""
