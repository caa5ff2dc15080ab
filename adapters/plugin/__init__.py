"""Our readers and writers for other OpenTimelineIO tools, under names of their own.

    otio.adapters.read_from_file("REEL1.edl", adapter_name="picturelock_edl", rate="29.97df")

They claim no suffix and install no hook: what other tools read by suffix stays as it was.
"""
