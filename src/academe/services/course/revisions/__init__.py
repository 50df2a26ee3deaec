"""Published revisions: made by PublishCourse, read by everybody, changed by nobody."""
