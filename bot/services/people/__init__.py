"""Who is here: invitations, joining, roles, chats, leaving."""
