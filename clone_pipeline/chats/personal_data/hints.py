"""What a cheap look at a text hints at; each finder names the hints without which it finds none."""

# Several digits close together; a word of sixteen letters, digits, hyphens; a sign before an @;
# words of a secret; words of a street; dots or colons as in addresses; four digits between
# capitals; five hyphens; nine digits in a row as in a link that calls them.
DIGITS, LONG, AT, SECRET, STREET, NET, CODE, PEM, LINK = (1 << bit for bit in range(9))
EVERY = (1 << 9) - 1
