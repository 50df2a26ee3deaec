"""Money from outside: payments for tips and top-ups, through the port of one provider.

`service.py` begins them, `settlement.py` books what the provider tells, `webhooks.py` hears it, and
`reconciler.py` asks for what was not heard.
"""
