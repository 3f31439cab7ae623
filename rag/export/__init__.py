"""The year's list, conversations and citations as files officials keep: Word, Excel, calendar."""
