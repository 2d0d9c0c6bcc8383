"""The capture engine: what joins the pure rules of ``cctv.capture`` to Redis, the database and Celery.

One camera's memory is a Redis value changed by compare-and-set, so any worker may touch it; the
database learns transitions and hourly sums. The Redis names are in :mod:`cctv.engine.names`.
"""
