"""What is served without Flask as well: what a game sends most, a single trade and a look-up.

Flask and flask-restx take a third of a trade's processor time (docs/decisions/0029) and most of a
look-up's (0035), a commit or a reading of its own most of the rest (0032). So what is plainly one
of them is answered here, by the same decoder, services and views, and waits for a round with all
that wait. Everything else goes on to Flask: another address, a token or a body that is not good.
Flask has the words for it, and documents the routes.
"""
