"""What kind of paper it is, whose, from where and when, and its running text."""
