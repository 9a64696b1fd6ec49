"""What agents write down of a conversation, read as turns. Pure: knows neither git nor sessions."""
