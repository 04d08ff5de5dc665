"""The playground: a Bot API server of our own, the real bot on it, and a campaign whose people have joined.

Nothing is stubbed: the bot is a process of its own that can really be killed, and the people come in by
invitation links, name themselves and acknowledge the red lines, as on Telegram (docs/decisions/0009).

folder.py    the playground's folder, and the settings that keep the bot inside it
process.py   the bot's process as the playground holds it: started, asked, killed
botside.py   that process: the application, and the wire by which it is asked
hand.py      what is asked of the application: the clock, a beat, what is due, an invitation
cast.py      who plays
joining.py   how they come in
playground.py  all of it together
"""
