"""What phones send, as pure decoders: no Django, no database, no clock of its own.

Every decoder has the shape of ``point.Decoder``. It never raises, and it answers so that a phone's queue
empties: what cannot be used is answered 200 and handed over as ``Bad``. Who may send is not decided here:
the caller knows the device by its credential and compares it with the names in ``Decoded.devices``.

``forms.decode`` tells the apps apart on one shared URL; ``owntracks.decode`` and ``batch.decode`` serve URLs
of their own; ``settings_link`` makes what enrolls a phone. See ``docs/field-phones.md``.
"""
