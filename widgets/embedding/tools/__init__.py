"""What the hand does on the cloud: tools, their bar, keys, menus, and what they select."""
