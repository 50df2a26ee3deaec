"""The main job, shown: a course is imported, published, learned, certified and tipped, over real gRPC."""
