"""What is set wrong on a phone, read off what it sent: ``judge`` is pure, ``words`` speaks, ``read`` asks."""
