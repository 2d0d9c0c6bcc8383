"""No deadline: a machine that is busy is no bug of a decoder."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
