"""What of credentials is to be had over HTTP, as files, and as a folder that needs no server."""
