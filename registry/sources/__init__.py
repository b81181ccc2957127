"""Where the files of a version are while they are not here: read as text, found, fetched."""
