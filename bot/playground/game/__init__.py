"""What one person who plays everybody holds: the clock, the stories, the faults, and the addresses for them.

It knows the server and a bot only as something that can be asked (hand.py); who the bot is, is joined above.
"""
