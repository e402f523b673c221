"""Reddit: the praw session, the fetching of threads, and what they become."""
