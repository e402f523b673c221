"""Chat exports -> messages -> conversations -> persona dialogues."""
