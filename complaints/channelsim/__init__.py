"""Simulated providers: the other side of the channels, a real HTTP, SMTP and IMAP server in a process of its
own.

It enforces what providers enforce (tokens, the 24-hour window, templates, rates), misbehaves on demand, and
posts signed webhooks to us. It shares no code with the adapters, so that both cannot be wrong in the same
way, and imports no Django while serving.
"""
