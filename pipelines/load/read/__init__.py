"""Read: files of any format to records of text, each with its number and place."""
